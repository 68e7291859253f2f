import { noExtras, states, type Job, type Kind } from '@millrace/core'
import type { Chunk } from './chunk.ts'
import { lateDoubles, lateShift, lateWords, place, rowDoubles, rowWords, wordShift } from './row-layout.ts'

/** Always the same object literal, so that all jobs share one hidden class. */
export function readJob(chunk: Chunk, index: number, kinds: readonly Kind[], owners: readonly string[]): Job {
  const { doubles, words, late, extras } = chunk
  const d = index * rowDoubles
  const w = index * rowWords + wordShift
  const l = index * lateWords + lateShift
  const { queue, name, version, retry, timeoutMs } = kinds[words[w + place.kind]!]!
  return {
    id: chunk.texts.id(index)!,
    // Truncated, a whole number is one to the engine too: jobs would else come in two shapes, and be made over all the time.
    seq: Math.trunc(doubles[d + place.seq]!),
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

/** What is found by slot all the time. */
export function writeStanding(chunk: Chunk, index: number, job: Job, code: number, kind: number): void {
  const { doubles, words } = chunk
  doubles[index * rowDoubles + place.seq] = job.seq
  const w = index * rowWords + wordShift
  words[w + place.kind] = kind
  words[w + place.standing] = (job.priority << 4) | code
}

/** All that `writeStanding` does not write, but for id, payload and mark. */
export function writeRest(chunk: Chunk, index: number, job: Job, owner: number): void {
  const { doubles, words } = chunk
  const d = index * rowDoubles
  doubles[d + place.rank] = job.rank
  doubles[d + place.runAt] = job.runAt
  doubles[d + place.createdAt] = job.createdAt
  doubles[d + place.since] = job.since
  const w = index * rowWords + wordShift
  words[w + place.attempt] = job.attempt
  words[w + place.epoch] = job.epoch
  words[w + place.bytes] = job.bytes
  chunk.setExtras(index, job.extras)
  if (chunk.hasLate || hasLatePart(job)) writeLate(chunk, index, job, owner)
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
