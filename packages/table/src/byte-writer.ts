import { encodeUtf8 } from './web.ts'

/** Up to this length a loop over the characters beats the call into `TextEncoder`. */
const shortText = 48

/** Bytes in the making: a growing buffer, filled from its start, little-endian. Clear it to use its memory again. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>
  #view: DataView<ArrayBuffer>
  #position = 0

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** Where the next byte goes: the number of bytes written so far. */
  get position(): number {
    return this.#position
  }

  /** A view of what was written from `from` on; good until the next write. */
  written(from = 0): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(from, this.#position)
  }

  clear(): void {
    this.#position = 0
  }

  /** Takes back what was written at and after `position`. */
  truncate(position: number): void {
    if (position < this.#position) this.#position = position
  }

  u8(value: number): void {
    const at = this.reserve(1)
    this.#bytes[at] = value
  }

  u16(value: number): void {
    const at = this.reserve(2)
    this.#view.setUint16(at, value, true)
  }

  u32(value: number): void {
    const at = this.reserve(4)
    this.#view.setUint32(at, value, true)
  }

  i32(value: number): void {
    const at = this.reserve(4)
    this.#view.setInt32(at, value, true)
  }

  f64(value: number): void {
    const at = this.reserve(8)
    this.#view.setFloat64(at, value, true)
  }

  /** A whole number from 0 to 2^53 - 1: seven bits a byte, the lowest first; small ones are short. */
  varint(value: number): void {
    let rest = value
    let at = this.reserve(varintWidth(value))
    while (rest >= 0x80) {
      this.#bytes[at++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[at] = rest
  }

  raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** The text's length in bytes as a varint, then its UTF-8. Answers the position of the first byte of the UTF-8. */
  text(text: string): number {
    return text.length <= shortText ? this.#shortText(text) : this.#longText(text)
  }

  /** Steps over `count` bytes, to be patched later; answers where they begin. Their content is undefined until then. */
  reserve(count: number): number {
    const at = this.#position
    const end = at + count
    if (end > this.#bytes.length) this.#grow(end)
    this.#position = end
    return at
  }

  patchU8(at: number, value: number): void {
    this.#bytes[at] = value
  }

  patchU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true)
  }

  patchF64(at: number, value: number): void {
    this.#view.setFloat64(at, value, true)
  }

  #shortText(text: string): number {
    const start = this.reserve(text.length + 1)
    const bytes = this.#bytes
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) {
        this.#position = start
        return this.#longText(text)
      }
      bytes[start + 1 + i] = unit
    }
    bytes[start] = text.length
    return start + 1
  }

  #longText(text: string): number {
    const prefix = this.#position
    // Most long texts are ASCII, so this width mostly is right at once.
    const guess = prefix + varintWidth(text.length)
    this.reserve(varintWidth(text.length * 3) + text.length * 3)
    const length = encodeUtf8(text, this.#bytes.subarray(guess))
    const start = prefix + varintWidth(length)
    if (start !== guess) this.#bytes.copyWithin(start, guess, guess + length)
    this.#position = prefix
    this.varint(length)
    this.#position = start + length
    return start
  }

  #grow(least: number): void {
    const grown = new Uint8Array(Math.max(least, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#position))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

function varintWidth(value: number): number {
  let width = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) width++
  return width
}
