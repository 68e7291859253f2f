import { states, type Job } from '@millrace/core'
import type { Indexes } from './indexes.ts'
import { codeOf, place } from './row-layout.ts'

/** The numbers of one job on their way from a frame to the table, by `place`. */
export class JobNumbers {
  readonly #numbers = new Float64Array(place.generation + 1)
  readonly #indexes: Indexes

  constructor(indexes: Indexes) {
    this.#indexes = indexes
  }

  set(at: number, value: number): void {
    this.#numbers[at] = value
  }

  clear(): void {
    this.#numbers.fill(0)
  }

  /** Those of a job, of which a frame changes some. */
  take(job: Job): void {
    const numbers = this.#numbers
    numbers[place.rank] = job.rank
    numbers[place.seq] = job.seq
    numbers[place.runAt] = job.runAt
    numbers[place.createdAt] = job.createdAt
    numbers[place.since] = job.since
    numbers[place.attempt] = job.attempt
    numbers[place.epoch] = job.epoch
    numbers[place.bytes] = job.bytes
    numbers[place.kind] = this.#indexes.kinds.intern(job)
    numbers[place.standing] = (job.priority << 4) | codeOf(job.state)
    numbers[place.leaseUntil] = job.leaseUntil
    numbers[place.owner] = this.#indexes.owners.intern(job.owner)
    numbers[place.snoozes] = job.snoozes
    numbers[place.refunds] = job.refunds
    numbers[place.failures] = job.failures
    numbers[place.crashes] = job.crashes
    numbers[place.generation] = job.generation
  }

  /** The job that has them. */
  job(id: Job['id'], payload: Job['payload'], extras: Job['extras']): Job {
    const numbers = this.#numbers
    const { queue, name, version, retry, timeoutMs } = this.#indexes.kinds.list[numbers[place.kind]!]!
    const standing = numbers[place.standing]! | 0
    return {
      id,
      // Truncated, whole numbers are such to the engine too: jobs would else come in two shapes.
      seq: Math.trunc(numbers[place.seq]!),
      queue,
      name,
      version,
      payload,
      bytes: numbers[place.bytes]! | 0,
      state: states[standing & 15]!,
      priority: standing >> 4,
      rank: numbers[place.rank]!,
      runAt: numbers[place.runAt]!,
      createdAt: numbers[place.createdAt]!,
      since: numbers[place.since]!,
      attempt: numbers[place.attempt]! | 0,
      epoch: numbers[place.epoch]! | 0,
      failures: numbers[place.failures]! | 0,
      crashes: numbers[place.crashes]! | 0,
      snoozes: numbers[place.snoozes]! | 0,
      refunds: numbers[place.refunds]! | 0,
      generation: numbers[place.generation]! | 0,
      retry,
      timeoutMs,
      owner: this.#indexes.owners.list[numbers[place.owner]!]!,
      leaseUntil: numbers[place.leaseUntil]!,
      extras,
    }
  }
}
