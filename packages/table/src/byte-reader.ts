import { MillraceError } from '@millrace/core'
import { readText } from './ascii.ts'

/**
 * Reads what a `ByteWriter` wrote. The bytes may come from anywhere: a read past the end, a number that cannot be
 * or a text that is no UTF-8 throws `STORE_CORRUPT`, before anything of that size is allocated.
 */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Where the next byte comes from. */
  get position(): number {
    return this.#position
  }

  get atEnd(): boolean {
    return this.#position === this.#bytes.length
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true)
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true)
  }

  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      if (value > Number.MAX_SAFE_INTEGER) throw corrupt('a number is too large')
      if (byte < 0x80) return value
      if (scale > 2 ** 49) throw corrupt('a number is too long')
    }
  }

  /** A view of the next `count` bytes, not a copy. */
  raw(count: number): Uint8Array {
    const at = this.#take(count)
    return this.#bytes.subarray(at, at + count)
  }

  skip(count: number): void {
    this.#take(count)
  }

  /** Reads on from a place that was read before. */
  goTo(position: number): void {
    this.#position = position
  }

  text(): string {
    return this.utf8(this.varint())
  }

  /** Text of `count` bytes. */
  utf8(count: number): string {
    const at = this.#take(count)
    try {
      return readText(this.#bytes, at, count)
    } catch (cause) {
      throw corrupt('a text is not UTF-8', cause)
    }
  }

  #take(count: number): number {
    const at = this.#position
    if (count > this.#bytes.length - at) throw corrupt('a record ends too early')
    this.#position = at + count
    return at
  }
}

/** What a frame holds cannot be understood. */
export function corrupt(what: string, cause?: unknown): MillraceError {
  return new MillraceError(
    'STORE_CORRUPT',
    `a frame is damaged: ${what}`,
    cause === undefined ? {} : { cause },
  )
}
