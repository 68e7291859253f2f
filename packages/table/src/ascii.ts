import { decodeUtf8 } from './web.ts'

/** Beyond this length the call into `TextDecoder` beats a loop over the bytes. */
const shortText = 40
/** Reused, one for each length: a call with this very list makes the text in one piece. */
const units: readonly number[][] = Array.from({ length: shortText + 1 }, (_, length) =>
  Array.from({ length }, () => 0),
)

/** The text of bytes that are UTF-8; throws a `TypeError` if they are not. Short ASCII is read without the decoder. */
export function readText(bytes: Uint8Array, start: number, length: number): string {
  if (length > shortText) return decodeUtf8(bytes.subarray(start, start + length))
  const short = units[length]!
  for (let i = 0; i < length; i++) {
    const unit = bytes[start + i]!
    if (unit >= 0x80) return decodeUtf8(bytes.subarray(start, start + length))
    short[i] = unit
  }
  return String.fromCharCode.apply(null, short)
}

/** Writes a text of ASCII; answers where it ends, or -1 if it is not ASCII. There must be room. */
export function writeAscii(text: string, bytes: Uint8Array, start: number): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) return -1
    bytes[start + i] = unit
  }
  return start + text.length
}

/** True if the text is ASCII and these are its bytes. */
export function isAscii(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false
  for (let i = 0; i < length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false
  return true
}

/** True if these bytes are ASCII. */
export function areAscii(bytes: Uint8Array, start: number, length: number): boolean {
  let bits = 0
  for (let i = start; i < start + length; i++) bits |= bytes[i]!
  return bits < 0x80
}

/** For a few bytes a loop beats `set`, which needs a view of them. */
export function copyBytes(from: Uint8Array, start: number, length: number, to: Uint8Array, at: number): void {
  for (let i = 0; i < length; i++) to[at + i] = from[start + i]!
}
