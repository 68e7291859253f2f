import { noExtras, type Body, type Extras, type Job, type Kind, type StoredBody } from '@millrace/core'
import { Chunk } from './chunk.ts'
import { HotJobs } from './hot-jobs.ts'
import { changedPlaces } from './row-changes.ts'
import { chunkBits, chunkMask, doubleAt, place, rowDoubles, rowWords, wordShift } from './row-layout.ts'
import { numberAt, readJob, writeRest, writeStanding } from './row-numbers.ts'

/** A text of ASCII that stands in a frame. */
export interface TextSpan {
  readonly bytes: Uint8Array
  readonly start: number
  readonly length: number
}

/**
 * Jobs as numbers in a few large buffers, by slot: a million small objects would take three times the memory, and a
 * garbage collector would walk them. Kinds and owners are numbers here; what they stand for is the caller's to know.
 *
 * Jobs at work are hot: their seq, kind and standing are always written, the rest when somebody asks for it, or when
 * another job needs the place; most come, run and go without.
 */
export class PackedRows {
  readonly #chunks: (Chunk | undefined)[] = []
  readonly #hot: HotJobs

  constructor(hot: HotJobs = new HotJobs()) {
    this.#hot = hot
  }

  /** Makes sure that there is memory behind the slot. */
  ensure(slot: number): void {
    const chunk = slot >>> chunkBits
    while (this.#chunks.length <= chunk) this.#chunks.push(undefined)
    this.#chunks[chunk] ??= new Chunk()
  }

  /** Gives back the memory of a chunk, none of whose slots is in use. */
  release(chunk: number): void {
    this.#chunks[chunk] = undefined
  }

  /** `undefined` where no job is. */
  id(slot: number): string | undefined {
    return this.#chunk(slot).texts.id(slot & chunkMask)
  }

  isId(slot: number, id: string): boolean {
    return this.#chunk(slot).texts.isId(slot & chunkMask, id)
  }

  isVacant(slot: number): boolean {
    return this.#chunk(slot).texts.isVacant(slot & chunkMask)
  }

  /** The slot of a job that was written or read not long ago; else -1. */
  recent(job: Job): number {
    return this.#hot.slotOf(job)
  }

  setId(slot: number, id: string): void {
    this.#chunk(slot).texts.setId(slot & chunkMask, id)
  }

  payload(slot: number): Body {
    return this.#chunk(slot).texts.payload(slot & chunkMask)
  }

  isPayload(slot: number, payload: Body): boolean {
    return this.#chunk(slot).texts.isPayload(slot & chunkMask, payload)
  }

  /** The payload, if it stands in the journal. */
  storedPayload(slot: number): StoredBody | undefined {
    return this.#chunk(slot).texts.storedPayload(slot & chunkMask)
  }

  setPayload(slot: number, payload: Body): void {
    this.#cool(slot)
    this.#chunk(slot).texts.setPayload(slot & chunkMask, payload)
  }

  /** How many ids were set in the slot's chunk since its texts were packed last. */
  freshTexts(slot: number): number {
    return this.#chunk(slot).texts.fresh
  }

  packTexts(slot: number): void {
    this.#chunk(slot).texts.pack()
  }

  extras(slot: number): Extras {
    this.#pack(slot)
    const { extras } = this.#chunk(slot)
    return extras === undefined ? noExtras : extras[slot & chunkMask]!
  }

  setExtras(slot: number, extras: Extras): void {
    this.#cool(slot)
    this.#chunk(slot).setExtras(slot & chunkMask, extras)
  }

  seq(slot: number): number {
    return this.#chunk(slot).doubles[(slot & chunkMask) * rowDoubles + doubleAt.seq]!
  }

  /** The state's code. */
  state(slot: number): number {
    return this.#chunk(slot).words[(slot & chunkMask) * rowWords + wordShift + place.standing]! & 15
  }

  kind(slot: number): number {
    return this.#chunk(slot).words[(slot & chunkMask) * rowWords + wordShift + place.kind]!
  }

  mark(slot: number): number {
    return this.#chunk(slot).words[(slot & chunkMask) * rowWords + wordShift + place.mark]!
  }

  setMark(slot: number, mark: number): void {
    this.#chunk(slot).words[(slot & chunkMask) * rowWords + wordShift + place.mark] = mark
  }

  /** The number at one of `place`'s places. */
  number(slot: number, at: number): number {
    this.#pack(slot)
    return numberAt(this.#chunk(slot), slot & chunkMask, at)
  }

  /** The places, as bits, whose numbers differ from those of another's row, or from zero; seq and mark do not count. */
  changes(slot: number, from?: PackedRows, source = 0): number {
    this.#pack(slot)
    if (from !== undefined) from.#pack(source)
    const other = from === undefined ? undefined : from.#chunk(source)
    return changedPlaces(this.#chunk(slot), slot & chunkMask, other, source & chunkMask)
  }

  /** All of a job but its id and payload; its state has this code. The slot's mark stays. */
  write(slot: number, job: Job, code: number, kind: number, owner: number): void {
    writeStanding(this.#chunk(slot), slot & chunkMask, job, code, kind)
    this.#heat(slot, job, owner)
    // What stands in the journal may move: such a job is not kept as it is.
    if (typeof job.payload !== 'string') this.#cool(slot)
  }

  read(slot: number, kinds: readonly Kind[], owners: readonly string[]): Job {
    const hot = this.#hot.get(slot, this.seq(slot))
    if (hot !== undefined) return hot
    const job = readJob(this.#chunk(slot), slot & chunkMask, kinds, owners)
    if (typeof job.payload === 'string') this.#heat(slot, job, -1)
    return job
  }

  /** Writes a job that will not be asked for soon, with its texts; false, and nothing is written, if these cannot be packed. */
  writeAtRest(slot: number, job: Job, span: TextSpan, code: number, kind: number, owner: number): boolean {
    const chunk = this.#chunk(slot)
    const index = slot & chunkMask
    if (!chunk.texts.append(index, job.id, span.bytes, span.start, span.length)) return false
    writeStanding(chunk, index, job, code, kind)
    writeRest(chunk, index, job, owner)
    return true
  }

  /** Lets go of what the slot referred to; no job is there any more. */
  vacate(slot: number): void {
    this.#hot.drop(slot, this.seq(slot))
    const chunk = this.#chunk(slot)
    const index = slot & chunkMask
    chunk.texts.vacate(index)
    chunk.setExtras(index, noExtras)
  }

  /** Keeps the job as it is; the numbers of the one whose place it takes are written first. */
  #heat(slot: number, job: Job, owner: number): void {
    const other = this.#hot.inTheWayOf(slot, job.seq)
    if (other !== -1) this.#pack(other)
    this.#hot.put(slot, job, owner)
  }

  /** From here on the numbers are what counts. */
  #cool(slot: number): void {
    this.#pack(slot)
    this.#hot.drop(slot, this.seq(slot))
  }

  /** Writes the numbers, if that was not done. */
  #pack(slot: number): void {
    const seq = this.seq(slot)
    const owner = this.#hot.unwritten(slot, seq)
    if (owner === -1) return
    writeRest(this.#chunk(slot), slot & chunkMask, this.#hot.get(slot, seq)!, owner)
    this.#hot.written(seq)
  }

  #chunk(slot: number): Chunk {
    return this.#chunks[slot >>> chunkBits]!
  }
}
