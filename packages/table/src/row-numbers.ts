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
