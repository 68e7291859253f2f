import type { Body, StoredBody } from '@millrace/core'
import { PackedTexts, type Ids, type Payloads } from './packed-texts.ts'
import { chunkRows } from './row-layout.ts'

/** Ids and payloads of a chunk's rows: in lists while jobs come and go, packed when many have come to rest. */
export class ChunkTexts {
  /** What stands in a list is newer than what is packed. */
  #ids: Ids | undefined
  #payloads: Payloads | undefined
  #packed: PackedTexts | undefined
  #fresh = 0

  /** How many ids were set since the last packing. */
  get fresh(): number {
    return this.#fresh
  }

  /** `undefined` where no job is. */
  id(index: number): string | undefined {
    return this.#ids?.[index] ?? this.#packed?.id(index)
  }

  isId(index: number, id: string): boolean {
    const own = this.#ids?.[index]
    return own === undefined ? this.#packed?.isId(index, id) === true : own === id
  }

  isVacant(index: number): boolean {
    return this.#ids?.[index] === undefined && this.#packed?.hasId(index) !== true
  }

  setId(index: number, id: string): void {
    this.#ids ??= emptyList()
    this.#ids[index] = id
    this.#fresh++
  }

  payload(index: number): Body {
    return this.#payloads?.[index] ?? this.#packed?.payload(index) ?? ''
  }

  isPayload(index: number, payload: Body): boolean {
    const own = this.#payloads?.[index]
    if (own !== undefined) return own === payload
    return typeof payload === 'string' && this.#packed?.isPayload(index, payload) === true
  }

  /** The payload, if it stands in the journal. */
  storedPayload(index: number): StoredBody | undefined {
    const own = this.#payloads?.[index]
    return typeof own === 'object' ? own : undefined
  }

  setPayload(index: number, payload: Body): void {
    this.#payloads ??= emptyList()
    this.#payloads[index] = payload
  }

  /** Sets both, packed at once; false if they cannot be. The payload is ASCII and stands in `from`. */
  append(index: number, id: string, from: Uint8Array, start: number, length: number): boolean {
    this.#packed ??= new PackedTexts()
    return this.#packed.append(index, id, from, start, length)
  }

  /** No job is there any more. */
  vacate(index: number): void {
    if (this.#ids !== undefined) this.#ids[index] = undefined
    if (this.#payloads !== undefined) this.#payloads[index] = undefined
    this.#packed?.drop(index)
  }

  pack(): void {
    const ids = this.#ids ?? emptyList()
    const payloads = this.#payloads ?? emptyList()
    this.#packed = PackedTexts.pack(ids, payloads, this.#packed)
    this.#ids = ids.some((id) => id !== undefined) ? ids : undefined
    this.#payloads = payloads.some((payload) => payload !== undefined) ? payloads : undefined
    this.#fresh = 0
  }
}

function emptyList(): undefined[] {
  return Array.from<undefined>({ length: chunkRows })
}
