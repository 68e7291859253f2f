import type { Backoff } from './backoff.ts'
import type { Millis } from './job.ts'

/** When a failed attempt is tried again: data on the job, so that a crash is handled without the handler's code. */
export interface RetryPolicy {
  /** Attempts that may fail before the job is dead: exhausted. */
  readonly maxFailures: number
  /** Attempts that may take the process down before the job is dead: poison. */
  readonly maxCrashes: number
  readonly backoff: Backoff
  /** No retry starts after createdAt + this; 0 means no such bound. */
  readonly forMs?: Millis
}
