import { noExtras, states, type Job, type Kind } from '@millrace/core'
import type { Chunk } from './chunk.ts'
import {
  claimShift,
  doubleAt,
  lateDoubleAt,
  lateDoubles,
  lateShift,
  lateWords,
  place,
  rowDoubles,
  rowWords,
  wordShift,
} from './row-layout.ts'

/** Always the same object literal, so that all jobs share one hidden class. */
export function readJob(chunk: Chunk, index: number, kinds: readonly Kind[], owners: readonly string[]): Job {
  const { doubles, words, late, extras } = chunk
  const d = index * rowDoubles
  const w = index * rowWords + wordShift
  const l = index * lateWords
  const { queue, name, version, retry, timeoutMs } = kinds[words[w + place.kind]!]!
  return {
    id: chunk.texts.id(index)!,
    // Truncated, a whole number is one to the engine too: jobs would else come in two shapes, and be made over all the time.
    seq: Math.trunc(doubles[d + doubleAt.seq]!),
    queue,
    name,
    version,
    payload: chunk.texts.payload(index),
    bytes: words[w + place.bytes]!,
    state: states[words[w + place.standing]! & 15]!,
    priority: words[w + place.standing]! >> 4,
    rank: chunk.rank(index),
    runAt: chunk.runAt(index),
    createdAt: doubles[d + doubleAt.createdAt]!,
    since: chunk.since(index),
    attempt: late.words[l + claimShift + place.attempt]!,
    epoch: late.words[l + claimShift + place.epoch]!,
    failures: late.words[l + lateShift + place.failures]!,
    crashes: late.words[l + lateShift + place.crashes]!,
    snoozes: late.words[l + lateShift + place.snoozes]!,
    refunds: late.words[l + lateShift + place.refunds]!,
    generation: late.words[l + lateShift + place.generation]!,
    retry,
    timeoutMs,
    owner: owners[late.words[l + lateShift + place.owner]!]!,
    leaseUntil: late.doubles[index * lateDoubles + lateDoubleAt.leaseUntil]!,
    extras: extras === undefined ? noExtras : extras[index]!,
  }
}

/** What is found by slot all the time. */
export function writeStanding(chunk: Chunk, index: number, job: Job, code: number, kind: number): void {
  const { doubles, words } = chunk
  doubles[index * rowDoubles + doubleAt.seq] = job.seq
  const w = index * rowWords + wordShift
  words[w + place.kind] = kind
  words[w + place.standing] = (job.priority << 4) | code
}

/** All that `writeStanding` does not write, but for id, payload and mark. */
export function writeRest(chunk: Chunk, index: number, job: Job, owner: number): void {
  const { doubles, words } = chunk
  const d = index * rowDoubles
  doubles[d + doubleAt.createdAt] = job.createdAt
  words[index * rowWords + wordShift + place.bytes] = job.bytes
  chunk.setExtras(index, job.extras)
  if (chunk.hasLate || hasLatePart(job)) writeLate(chunk, index, job, owner)
}

function hasLatePart(job: Job): boolean {
  return (
    job.rank !== job.createdAt ||
    job.runAt !== job.createdAt ||
    job.since !== job.createdAt ||
    (job.attempt | job.epoch) !== 0 ||
    job.owner !== '' ||
    job.leaseUntil !== 0 ||
    job.generation !== 0 ||
    job.failures + job.crashes + job.snoozes + job.refunds !== 0
  )
}

function writeLate(chunk: Chunk, index: number, job: Job, owner: number): void {
  const { doubles, words } = chunk.ownLate()
  const d = index * lateDoubles
  doubles[d + lateDoubleAt.rank] = job.rank
  doubles[d + lateDoubleAt.runAt] = job.runAt
  doubles[d + lateDoubleAt.since] = job.since
  doubles[d + lateDoubleAt.leaseUntil] = job.leaseUntil
  const c = index * lateWords + claimShift
  words[c + place.attempt] = job.attempt
  words[c + place.epoch] = job.epoch
  const l = index * lateWords + lateShift
  words[l + place.owner] = owner
  words[l + place.snoozes] = job.snoozes
  words[l + place.refunds] = job.refunds
  words[l + place.failures] = job.failures
  words[l + place.crashes] = job.crashes
  words[l + place.generation] = job.generation
}

/** True if the row says more than its first part alone would. */
export function isLate(chunk: Chunk, index: number): boolean {
  const { late } = chunk
  if (!chunk.hasLate) return false
  const createdAt = chunk.doubles[index * rowDoubles + doubleAt.createdAt]
  const d = index * lateDoubles
  for (let at = 0; at < lateDoubleAt.leaseUntil; at++) if (late.doubles[d + at] !== createdAt) return true
  if (late.doubles[d + lateDoubleAt.leaseUntil] !== 0) return true
  for (let at = lateDoubleAt.leaseUntil * 2 + 2; at < lateWords; at++)
    if (late.words[index * lateWords + at] !== 0) return true
  return false
}

/** The number at one of `place`'s places. */
export function numberAt(chunk: Chunk, index: number, at: number): number {
  switch (at) {
    case place.rank:
      return chunk.rank(index)
    case place.seq:
      return chunk.doubles[index * rowDoubles + doubleAt.seq]!
    case place.createdAt:
      return chunk.doubles[index * rowDoubles + doubleAt.createdAt]!
    case place.runAt:
      return chunk.runAt(index)
    case place.since:
      return chunk.since(index)
    case place.leaseUntil:
      return chunk.late.doubles[index * lateDoubles + lateDoubleAt.leaseUntil]!
    case place.attempt:
    case place.epoch:
      return chunk.late.words[index * lateWords + claimShift + at]!
    default:
      if (at <= place.mark) return chunk.words[index * rowWords + wordShift + at]!
      return chunk.late.words[index * lateWords + lateShift + at]!
  }
}

export function setNumberAt(chunk: Chunk, index: number, at: number, value: number): void {
  if (numberAt(chunk, index, at) === value) return
  switch (at) {
    case place.rank:
      chunk.ownLate().doubles[index * lateDoubles + lateDoubleAt.rank] = value
      return
    case place.seq:
      chunk.doubles[index * rowDoubles + doubleAt.seq] = value
      return
    case place.createdAt:
      // The times that were the same so far stay what they are.
      chunk.ownLate()
      chunk.doubles[index * rowDoubles + doubleAt.createdAt] = value
      return
    case place.runAt:
      chunk.ownLate().doubles[index * lateDoubles + lateDoubleAt.runAt] = value
      return
    case place.since:
      chunk.ownLate().doubles[index * lateDoubles + lateDoubleAt.since] = value
      return
    case place.leaseUntil:
      chunk.ownLate().doubles[index * lateDoubles + lateDoubleAt.leaseUntil] = value
      return
    case place.attempt:
    case place.epoch:
      chunk.ownLate().words[index * lateWords + claimShift + at] = value
      return
    default:
      if (at <= place.mark) chunk.words[index * rowWords + wordShift + at] = value
      else chunk.ownLate().words[index * lateWords + lateShift + at] = value
  }
}

/** The first part, mark included. */
export function copyRow(from: Chunk, source: number, to: Chunk, target: number): void {
  copyDoubles(from.doubles, source * rowDoubles, to.doubles, target * rowDoubles, rowDoubles)
}

export function copyLate(from: Chunk, source: number, to: Chunk, target: number): void {
  const { doubles } = to.ownLate()
  const d = target * lateDoubles
  copyDoubles(from.late.doubles, source * lateDoubles, doubles, d, lateDoubles)
  doubles[d + lateDoubleAt.rank] = from.rank(source)
  doubles[d + lateDoubleAt.runAt] = from.runAt(source)
  doubles[d + lateDoubleAt.since] = from.since(source)
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
