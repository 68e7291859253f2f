import {
  noExtras,
  states,
  type Body,
  type Extras,
  type Job,
  type Kind,
  type StoredBody,
} from '@millrace/core'
import { Chunk } from './chunk.ts'
import { changedPlaces } from './row-changes.ts'
import {
  chunkBits,
  chunkMask,
  lateDoubles,
  lateShift,
  lateWords,
  place,
  rowDoubles,
  rowWords,
  wordShift,
} from './row-layout.ts'

/**
 * Jobs as numbers in a few large buffers, by slot: a million small objects would take three times the memory, and a
 * garbage collector would walk them. Kinds and owners are numbers here; what they stand for is the caller's to know.
 */
export class PackedRows {
  readonly #chunks: (Chunk | undefined)[] = []

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

  /** True if this very job has the slot, as far as its id and seq tell. */
  isJob(slot: number, { id, seq }: Job): boolean {
    const chunk = this.#chunks[slot >>> chunkBits]
    const index = slot & chunkMask
    return (
      chunk !== undefined &&
      chunk.doubles[index * rowDoubles + place.seq] === seq &&
      chunk.texts.isId(index, id)
    )
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
    const { extras } = this.#chunk(slot)
    return extras === undefined ? noExtras : extras[slot & chunkMask]!
  }

  setExtras(slot: number, extras: Extras): void {
    this.#chunk(slot).setExtras(slot & chunkMask, extras)
  }

  seq(slot: number): number {
    return this.#chunk(slot).doubles[(slot & chunkMask) * rowDoubles + place.seq]!
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
    const chunk = this.#chunk(slot)
    const index = slot & chunkMask
    if (at <= place.since) return chunk.doubles[index * rowDoubles + at]!
    if (at <= place.mark) return chunk.words[index * rowWords + wordShift + at]!
    if (at === place.leaseUntil) return chunk.late.doubles[index * lateDoubles]!
    return chunk.late.words[index * lateWords + lateShift + at]!
  }

  setNumber(slot: number, at: number, value: number): void {
    const chunk = this.#chunk(slot)
    const index = slot & chunkMask
    if (at <= place.since) chunk.doubles[index * rowDoubles + at] = value
    else if (at <= place.mark) chunk.words[index * rowWords + wordShift + at] = value
    else if (value === 0 && !chunk.hasLate) return
    else if (at === place.leaseUntil) chunk.ownLate().doubles[index * lateDoubles] = value
    else chunk.ownLate().words[index * lateWords + lateShift + at] = value
  }

  /** The places, as bits, whose numbers differ from those of another's row, or from zero; seq and mark do not count. */
  changes(slot: number, from?: PackedRows, source = 0): number {
    const other = from === undefined ? undefined : from.#chunk(source)
    return changedPlaces(this.#chunk(slot), slot & chunkMask, other, source & chunkMask)
  }

  /** All of a job but its id and payload; its state has this code. The slot's mark stays. */
  write(slot: number, job: Job, code: number, kind: number, owner: number): void {
    const chunk = this.#chunk(slot)
    const index = slot & chunkMask
    const { doubles, words } = chunk
    const d = index * rowDoubles
    doubles[d + place.rank] = job.rank
    doubles[d + place.seq] = job.seq
    doubles[d + place.runAt] = job.runAt
    doubles[d + place.createdAt] = job.createdAt
    doubles[d + place.since] = job.since
    const w = index * rowWords + wordShift
    words[w + place.attempt] = job.attempt
    words[w + place.epoch] = job.epoch
    words[w + place.bytes] = job.bytes
    words[w + place.kind] = kind
    words[w + place.standing] = (job.priority << 4) | code
    chunk.setExtras(index, job.extras)
    if (chunk.hasLate || hasLatePart(job)) writeLate(chunk, index, job, owner)
  }

  /** Always the same object literal, so that all jobs share one hidden class. */
  read(slot: number, kinds: readonly Kind[], owners: readonly string[]): Job {
    const chunk = this.#chunk(slot)
    const index = slot & chunkMask
    const { doubles, words, late, extras } = chunk
    const d = index * rowDoubles
    const w = index * rowWords + wordShift
    const l = index * lateWords + lateShift
    const { queue, name, version, retry, timeoutMs } = kinds[words[w + place.kind]!]!
    return {
      id: chunk.texts.id(index)!,
      seq: doubles[d + place.seq]!,
      queue,
      name,
      version,
      payload: chunk.texts.payload(index),
      bytes: words[w + place.bytes]!,
      state: states[words[w + place.standing]! & 15]!,
      priority: words[w + place.standing]! >> 4,
      rank: doubles[d + place.rank]!,
      runAt: doubles[d + place.runAt]!,
      createdAt: doubles[d + place.createdAt]!,
      since: doubles[d + place.since]!,
      attempt: words[w + place.attempt]!,
      epoch: words[w + place.epoch]!,
      failures: late.words[l + place.failures]!,
      crashes: late.words[l + place.crashes]!,
      snoozes: late.words[l + place.snoozes]!,
      refunds: late.words[l + place.refunds]!,
      generation: late.words[l + place.generation]!,
      retry,
      timeoutMs,
      owner: owners[late.words[l + place.owner]!]!,
      leaseUntil: late.doubles[index * lateDoubles]!,
      extras: extras === undefined ? noExtras : extras[index]!,
    }
  }

  /** Makes the slot's row the same as one of `from`, but for id and payload; its mark included. */
  copy(from: PackedRows, source: number, slot: number): void {
    const old = from.#chunk(source)
    const chunk = this.#chunk(slot)
    const row = (slot & chunkMask) * rowDoubles
    copyDoubles(old.doubles, (source & chunkMask) * rowDoubles, chunk.doubles, row, rowDoubles)
    chunk.setExtras(slot & chunkMask, old.extras === undefined ? noExtras : old.extras[source & chunkMask]!)
    if (!old.hasLate && !chunk.hasLate) return
    const late = (slot & chunkMask) * lateDoubles
    copyDoubles(
      old.late.doubles,
      (source & chunkMask) * lateDoubles,
      chunk.ownLate().doubles,
      late,
      lateDoubles,
    )
  }

  copyTexts(from: PackedRows, source: number, slot: number): void {
    const id = from.id(source)
    if (id !== undefined) this.setId(slot, id)
    this.setPayload(slot, from.payload(source))
  }

  /** Lets go of what the slot referred to; no job is there any more. */
  vacate(slot: number): void {
    const chunk = this.#chunk(slot)
    const index = slot & chunkMask
    chunk.texts.vacate(index)
    chunk.setExtras(index, noExtras)
  }

  /** Makes all of the slot's row nothing. */
  clear(slot: number): void {
    const chunk = this.#chunk(slot)
    const index = slot & chunkMask
    chunk.words.fill(0, index * rowWords, (index + 1) * rowWords)
    if (chunk.hasLate) chunk.late.words.fill(0, index * lateWords, (index + 1) * lateWords)
    this.vacate(slot)
  }

  #chunk(slot: number): Chunk {
    return this.#chunks[slot >>> chunkBits]!
  }
}

function hasLatePart(job: Job): boolean {
  return (
    job.epoch !== 0 ||
    job.owner !== '' ||
    job.leaseUntil !== 0 ||
    job.generation !== 0 ||
    job.failures + job.crashes + job.snoozes + job.refunds !== 0
  )
}

function writeLate(chunk: Chunk, index: number, job: Job, owner: number): void {
  const { doubles, words } = chunk.ownLate()
  const l = index * lateWords + lateShift
  doubles[index * lateDoubles] = job.leaseUntil
  words[l + place.owner] = owner
  words[l + place.snoozes] = job.snoozes
  words[l + place.refunds] = job.refunds
  words[l + place.failures] = job.failures
  words[l + place.crashes] = job.crashes
  words[l + place.generation] = job.generation
}

/** Pairs of words are copied as doubles too. `mostCount` sees to it that none is a NaN, whose bits need not survive. */
function copyDoubles(
  from: Float64Array,
  source: number,
  to: Float64Array,
  target: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) to[target + i] = from[source + i]!
}
