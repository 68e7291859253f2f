/*
 * The three globals of the web platform that this package needs, alike in browsers, Node, Deno and edge isolates.
 * Declared here, because its tsconfig knows no platform.
 */
declare const TextEncoder: new () => {
  encodeInto(source: string, target: Uint8Array): { read: number; written: number }
}
declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string }
declare const queueMicrotask: (task: () => void) => void

const encoder = new TextEncoder()
// Without ignoreBOM a text that begins with U+FEFF would lose it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Writes UTF-8 and answers the number of bytes; `target` must have room for three per UTF-16 unit. */
export function encodeUtf8(text: string, target: Uint8Array): number {
  return encoder.encodeInto(text, target).written
}

/** Throws a `TypeError` when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** A listener's mistake must not break the store, nor be hidden: it surfaces as an uncaught error of its own. */
export function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
