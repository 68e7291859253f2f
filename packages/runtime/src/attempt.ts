import type { Job, MillraceError, Millis } from '@millrace/core'

/** One claim of one job, from the reply to the claim until it is settled or lost. */
export class Attempt {
  readonly job: Job
  /** On the monotonic clock: until then, and no longer, the lease is surely ours. */
  heldUntil: Millis
  /** On the monotonic clock. */
  startedAt = 0
  /** On the monotonic clock: when the job's timeout ends it; 0 for never. */
  timeoutAt = 0
  /** On the monotonic clock: when its handler, asked to stop, has had its time; 0 while nobody asked. */
  graceUntil = 0
  /** Its place among the worker's running ones; -1 while it is none of them. */
  place = -1
  /** Decided: whatever its handler still says changes nothing. */
  ended = false
  /** The store said that the lease is gone. */
  lost = false
  /** Its handler did not heed the signal in time, and its slot was given to another. */
  abandoned = false
  /** Why it was asked to stop. */
  stop: MillraceError | undefined
  controller: AbortController | undefined
  /** Progress and log lines not written yet. */
  notes: { progress: number | undefined; readonly lines: string[] } | undefined
  /** Steps of `once` that run or ran in this attempt. */
  steps: Map<string, Promise<unknown>> | undefined

  constructor(job: Job, heldUntil: Millis) {
    this.job = job
    this.heldUntil = heldUntil
  }
}
