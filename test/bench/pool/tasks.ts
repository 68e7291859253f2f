/** What every contender's workers can do. */

export function noop(value: unknown): unknown {
  return value
}

/** Keeps a core busy. */
export function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

export function bytes(buffer: ArrayBuffer): number {
  return buffer.byteLength
}

export function exit(): void {
  process.exit(1)
}

export function uncaught(): Promise<never> {
  setImmediate(() => {
    throw new Error('nobody catches me')
  })
  return new Promise(() => {})
}

export function hang(): void {
  for (;;);
}

export type Task = 'noop' | 'spin' | 'bytes' | 'exit' | 'uncaught' | 'hang'
