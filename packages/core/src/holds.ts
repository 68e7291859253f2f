import type { Job, Millis } from './job.ts'
import { isTerminal } from './states.ts'

/** True while the job has not been claimed for the first time and still can be. */
export function isUnstarted(job: Job): boolean {
  return (
    job.attempt === 0 && (job.state === 'enqueued' || job.state === 'scheduled' || job.state === 'blocked')
  )
}

/** True for every job that `rows.holder` must find under its unique key. Whether a time window is over is asked at the time, by `holdsUniqueAt`. */
export function holdsUnique(job: Job): boolean {
  const unique = job.extras.unique
  if (unique === undefined) return false
  if (unique.while === 'pending') return isUnstarted(job)
  return unique.while === 'unfinished' ? !isTerminal(job.state) : true
}

export function holdsUniqueAt(job: Job, now: Millis): boolean {
  return holdsUnique(job) && now < uniqueUntil(job)
}

/** When the job's time window of uniqueness is over; `Infinity` for one that depends on its state alone. */
export function uniqueUntil(job: Job): Millis {
  const unique = job.extras.unique
  return typeof unique?.while === 'number' ? (unique.from ?? job.createdAt) + unique.while : Infinity
}

/**
 * True while the job occupies one of its key's slots: from the moment it is let into the ready index until it ends.
 * A retrying or snoozed job keeps its slot, so that with one slot the order of a key is strict.
 */
export function holdsKeySlot(job: Job): boolean {
  if (job.extras.key === undefined) return false
  switch (job.state) {
    case 'enqueued':
    case 'processing':
    case 'retrying':
      return true
    case 'scheduled':
      return job.attempt > 0
    case 'blocked':
    case 'completed':
    case 'dead':
    case 'cancelled':
    case 'expired':
      return false
  }
}
