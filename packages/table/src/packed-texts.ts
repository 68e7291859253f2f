import type { Body } from '@millrace/core'
import { copyBytes, isAscii, readText, writeAscii } from './ascii.ts'
import { longTextBytes } from './bodies.ts'
import { chunkRows } from './row-layout.ts'

export type Ids = (string | undefined)[]
export type Payloads = (Body | undefined)[]

const mostIdBytes = 255
const firstBytes = 2 ** 14

/**
 * Ids and payloads of a chunk as bytes, one row's after the other: as a string, each would cost 24 bytes more, and a
 * visit by the garbage collector.
 */
export class PackedTexts {
  #bytes: Uint8Array = new Uint8Array(0)
  /** Where each row's id begins; its payload begins behind that, and ends where the next row begins. */
  #starts: Uint16Array | Uint32Array
  /** 0 where the row's id is not here. */
  readonly #idLengths: Uint8Array = new Uint8Array(chunkRows)
  /** Rows from here on have nothing yet. */
  #next = 0

  constructor(starts: Uint16Array | Uint32Array = new Uint32Array(chunkRows + 1)) {
    this.#starts = starts
  }

  /** Takes texts out of the lists, as far as they are short and ASCII. Where a list has none, the row's text is the one in `older`. */
  static pack(ids: Ids, payloads: Payloads, older: PackedTexts | undefined): PackedTexts {
    const room = roomFor(ids) + roomFor(payloads) + (older === undefined ? 0 : older.#bytes.length)
    const packed = new PackedTexts(new (room < 2 ** 16 ? Uint16Array : Uint32Array)(chunkRows + 1))
    packed.#grow(room)
    let at = 0
    for (let index = 0; index < chunkRows; index++) {
      packed.#starts[index] = at
      if (ids[index] === undefined && older?.hasId(index) !== true) continue
      const bytes = packed.#bytes
      const idEnd = packId(ids, index, bytes, at) ?? older?.copyId(index, bytes, at) ?? at
      packed.#idLengths[index] = idEnd - at
      at = packPayload(payloads, index, bytes, idEnd) ?? older?.copyPayload(index, bytes, idEnd) ?? idEnd
    }
    packed.#close(at)
    return packed
  }

  /** Takes over the texts of a row behind all others; the payload is ASCII and stands in `from`. False if they have no place here. */
  append(index: number, id: string, from: Uint8Array, start: number, length: number): boolean {
    if (index < this.#next || id.length > mostIdBytes) return false
    const at = this.#starts[this.#next]!
    const end = at + id.length + length
    if (end > this.#bytes.length) this.#grow(Math.max(firstBytes, end, this.#bytes.length * 2))
    const idEnd = writeAscii(id, this.#bytes, at)
    if (idEnd <= at) return false
    copyBytes(from, start, length, this.#bytes, idEnd)
    for (let row = this.#next; row <= index; row++) this.#starts[row] = at
    this.#idLengths[index] = idEnd - at
    this.#starts[index + 1] = end
    this.#next = index + 1
    if (this.#next === chunkRows) this.#close(end)
    return true
  }

  hasId(index: number): boolean {
    return this.#idLengths[index] !== 0
  }

  /** `undefined` where none is. */
  id(index: number): string | undefined {
    const length = this.#idLengths[index]!
    return length === 0 ? undefined : readText(this.#bytes, this.#starts[index]!, length)
  }

  isId(index: number, id: string): boolean {
    return id !== '' && isAscii(id, this.#bytes, this.#starts[index]!, this.#idLengths[index]!)
  }

  /** The row is another's now; what stands here is no longer of use. */
  drop(index: number): void {
    this.#idLengths[index] = 0
  }

  payload(index: number): string {
    const start = this.#payloadStart(index)
    return readText(this.#bytes, start, this.#starts[index + 1]! - start)
  }

  isPayload(index: number, payload: string): boolean {
    const start = this.#payloadStart(index)
    return isAscii(payload, this.#bytes, start, this.#starts[index + 1]! - start)
  }

  /** Copies the id to another place; answers where it ends. */
  copyId(index: number, bytes: Uint8Array, at: number): number {
    return this.#copy(this.#starts[index]!, this.#payloadStart(index), bytes, at)
  }

  copyPayload(index: number, bytes: Uint8Array, at: number): number {
    return this.#copy(this.#payloadStart(index), this.#starts[index + 1]!, bytes, at)
  }

  #payloadStart(index: number): number {
    return this.#starts[index]! + this.#idLengths[index]!
  }

  #copy(start: number, end: number, bytes: Uint8Array, at: number): number {
    bytes.set(this.#bytes.subarray(start, end), at)
    return at + end - start
  }

  #grow(bytes: number): void {
    const grown = new Uint8Array(bytes)
    grown.set(this.#bytes)
    this.#bytes = grown
  }

  /** No more rows come: nothing takes more memory than it needs. */
  #close(end: number): void {
    this.#next = chunkRows
    this.#starts[chunkRows] = end
    if (end < 2 ** 16 && this.#starts instanceof Uint32Array) this.#starts = new Uint16Array(this.#starts)
    if (end < this.#bytes.length) this.#bytes = this.#bytes.slice(0, end)
  }
}

/** Bytes that the texts of a list may take here. */
function roomFor(texts: Ids | Payloads): number {
  return texts.reduce<number>((sum, text) => (isShort(text) ? sum + text.length : sum), 0)
}

function isShort(text: Body | undefined): text is string {
  return typeof text === 'string' && text.length <= longTextBytes
}

/** Where it ends; `undefined` if there is no id in the list that can be packed. */
function packId(ids: Ids, index: number, bytes: Uint8Array, at: number): number | undefined {
  const id = ids[index]
  if (id === undefined || id === '' || id.length > mostIdBytes) return undefined
  const end = writeAscii(id, bytes, at)
  if (end === -1) return undefined
  ids[index] = undefined
  return end
}

/** Where it ends; `undefined` if the list has none. */
function packPayload(payloads: Payloads, index: number, bytes: Uint8Array, at: number): number | undefined {
  const payload = payloads[index]
  if (payload === undefined) return undefined
  const end = isShort(payload) ? writeAscii(payload, bytes, at) : -1
  if (end === -1) return at
  payloads[index] = undefined
  return end
}
