import type { Job, MillraceError, Millis } from '@millrace/core'

/** What the jobs of one claim share: until then, on the monotonic clock, the lease is surely ours. */
export interface Lease {
  readonly until: Millis
}

/** Why, and until when at the latest, an attempt comes to its end before its handler did. */
export interface Stop {
  readonly why: MillraceError
  /** On the monotonic clock: a handler that still runs then loses its slot. */
  readonly graceUntil: Millis
}

/** One claim of one job, from the reply to the claim until it is settled or lost. What few attempts need is undefined until then. */
export class Attempt {
  readonly job: Job
  lease: Lease
  /** On the monotonic clock. */
  startedAt: Millis = 0
  /** Its place among the worker's running ones; -1 while it is none of them. */
  place = -1
  /** Decided: whatever its handler still says changes nothing. */
  ended = false
  /** The store said that the lease is gone. */
  lost = false
  /** Its handler was asked to stop. */
  stop: Stop | undefined = undefined
  controller: AbortController | undefined = undefined
  /** Carries the stop to a handler in another thread. */
  onStop: ((why: MillraceError) => void) | undefined = undefined
  /** Progress and log lines not written yet. */
  notes: { progress: number | undefined; readonly lines: string[] } | undefined = undefined
  /** Steps of `once` that run or ran in this attempt. */
  steps: Map<string, Promise<unknown>> | undefined = undefined

  constructor(job: Job, lease: Lease) {
    this.job = job
    this.lease = lease
  }

  /** On the monotonic clock: when the job's timeout ends it. */
  get timeoutAt(): Millis {
    return this.job.timeoutMs === 0 ? Infinity : this.startedAt + this.job.timeoutMs
  }
}
