import type { Job, Millis } from './job.ts'
import type { Queue } from './queue.ts'
import type { Rows } from './rows.ts'

/** A retry the budget does not cover asks again after this. */
export const postponedRetryMs: Millis = 1_000

/** Every fresh start earns the queue a share of a retry. */
export function earnRetries(queue: Queue, started: readonly Job[]): Queue {
  const { ratio, burst } = queue.config.retryBudget!
  const fresh = started.filter((job) => job.attempt === 0).length
  return { ...queue, retryTokens: Math.min(burst, queue.retryTokens + fresh * ratio) }
}

/** True if the job may be retried now. Without other work waiting it always may: a budget must not starve the last jobs of a queue. */
export function spendRetry(rows: Rows, job: Job): boolean {
  const queue = rows.queue(job.queue)
  if (queue?.config.retryBudget === undefined || rows.counters(job.queue).enqueued === 0) return true
  if (queue.retryTokens < 1) return false
  rows.putQueue({ ...queue, retryTokens: queue.retryTokens - 1 })
  return true
}
