import type { Queue, QueueConfig } from '@millrace/core'

/** True for a queue whose commands decide by its row or its counters: they take turns on the row. Any other is never locked. */
export function isLimited({
  maxJobs,
  maxBytes,
  concurrency,
  rate,
  order,
  retryBudget,
}: QueueConfig): boolean {
  return (
    Math.min(maxJobs, maxBytes, concurrency) !== Infinity ||
    rate !== undefined ||
    order === 'fair' ||
    retryBudget !== undefined
  )
}

/** True when a job's place in the queue depends on nothing but the job. */
export function isPlain(queue: Queue | undefined): boolean {
  return queue === undefined || (!isLimited(queue.config) && queue.config.keyConcurrency === Infinity)
}
