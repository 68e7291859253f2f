import type { Body } from '@millrace/core'
import { isAscii, readText, writeAscii } from './ascii.ts'
import { longTextBytes } from './bodies.ts'
import { chunkRows } from './row-layout.ts'

export type Ids = (string | undefined)[]
export type Payloads = (Body | undefined)[]

const mostIdBytes = 255

/**
 * Ids and payloads of a chunk as bytes, one row's after the other: as a string, each would cost 24 bytes more, and a
 * visit by the garbage collector.
 */
export class PackedTexts {
  readonly #bytes: Uint8Array
  /** Where each row's id begins; its payload begins behind that, and ends where the next row begins. */
  readonly #starts: Uint16Array | Uint32Array
  /** 0 where the row's id is not here. */
  readonly #idLengths: Uint8Array = new Uint8Array(chunkRows)

  /** Takes texts out of the lists, as far as they are short and ASCII. Where a list has none, the row's text is the one in `older`. */
  constructor(ids: Ids, payloads: Payloads, older: PackedTexts | undefined) {
    const bytes = new Uint8Array(
      roomFor(ids) + roomFor(payloads) + (older === undefined ? 0 : older.#bytes.length),
    )
    this.#starts = new (bytes.length < 2 ** 16 ? Uint16Array : Uint32Array)(chunkRows + 1)
    let at = 0
    for (let index = 0; index < chunkRows; index++) {
      this.#starts[index] = at
      if (ids[index] === undefined && older?.hasId(index) !== true) continue
      const idEnd = packId(ids, index, bytes, at) ?? older?.copyId(index, bytes, at) ?? at
      this.#idLengths[index] = idEnd - at
      at = packPayload(payloads, index, bytes, idEnd) ?? older?.copyPayload(index, bytes, idEnd) ?? idEnd
    }
    this.#starts[chunkRows] = at
    this.#bytes = at === bytes.length ? bytes : bytes.slice(0, at)
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
