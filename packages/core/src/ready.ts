import { holdsKeySlot } from './holds.ts'
import type { Extras, Job } from './job.ts'
import type { Moment } from './moment.ts'
import { defaultQueueConfig, type Queue } from './queue.ts'
import { rankOf } from './rank.ts'
import { postponedRetryMs, spendRetry } from './retry-budget.ts'
import type { Rows } from './rows.ts'
import { verdict } from './flow-edges.ts'

/** Where a job goes that nothing but its run time, its parents and its key can hold back. One whose parents failed it stays blocked until its caller ends it. */
export function place(rows: Rows, job: Job, at: Moment): Job {
  if (verdict(job.extras.parents) !== 'go') return block(rows, job, 'dependency', at)
  if (job.runAt > at.now) return rows.put({ ...job, state: 'scheduled', since: at.now })
  return makeReady(rows, job, at)
}

/** Lets a due job into the ready index, or into its key's waiting line. */
export function makeReady(rows: Rows, job: Job, at: Moment): Job {
  const queue = rows.queue(job.queue)
  if (mustWaitForKey(rows, queue, job)) return block(rows, job, 'key', at)
  const rank = job.attempt === 0 ? rankOf(rows, queue, job, job.runAt) : job.rank
  return rows.put({ ...job, state: 'enqueued', rank, since: at.now, extras: withoutReason(job.extras) })
}

/** Hands the slots a key has free to the jobs that have waited longest. */
export function promoteWaiting(rows: Rows, queueName: string, key: string, at: Moment): void {
  const queue = rows.queue(queueName)
  const free = keyLimit(queue) - rows.keySlots(queueName, key)
  if (free <= 0) return
  for (const job of rows.waiting(queueName, key, Math.min(free, 1_000))) {
    const rank = rankOf(rows, queue, job, job.runAt)
    rows.put({ ...job, state: 'enqueued', rank, since: at.now, extras: withoutReason(job.extras) })
  }
}

/** Scheduled and retrying jobs whose time has come. */
export function promoteDue(rows: Rows, at: Moment, limit: number): void {
  for (const job of rows.due(at.now, limit)) {
    if (job.state === 'retrying' && !spendRetry(rows, job))
      rows.put({ ...job, runAt: at.now + postponedRetryMs })
    else makeReady(rows, job, at)
  }
}

function mustWaitForKey(rows: Rows, queue: Queue | undefined, job: Job): boolean {
  const key = job.extras.key
  if (key === undefined || holdsKeySlot(job)) return false
  const limit = keyLimit(queue)
  if (limit === Infinity) return false
  return rows.keySlots(job.queue, key) >= limit || rows.waiting(job.queue, key, 1).length > 0
}

function keyLimit(queue: Queue | undefined): number {
  return queue?.config.keyConcurrency ?? defaultQueueConfig.keyConcurrency
}

function block(rows: Rows, job: Job, reason: 'dependency' | 'key', at: Moment): Job {
  return rows.put({ ...job, state: 'blocked', since: at.now, extras: { ...job.extras, reason } })
}

function withoutReason(extras: Extras): Extras {
  if (extras.reason === undefined) return extras
  const { reason: _, ...rest } = extras
  return rest
}
