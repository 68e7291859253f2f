import { end } from './end.ts'
import type { Job, Millis } from './job.ts'
import type { Moment } from './moment.ts'
import type { NewJob } from './new-job.ts'
import type { Counters, Queue } from './queue.ts'
import { rankOf } from './rank.ts'
import type { Rows } from './rows.ts'

/** Room for one more job: granted, made by shedding, or refused with the time after which there may be some. */
export type Admission =
  | { readonly granted: true }
  | { readonly granted: false; readonly retryAfterMs: Millis }

const granted: Admission = { granted: true }

export function unfinished(counters: Counters): number {
  return counters.scheduled + counters.blocked + counters.enqueued + counters.processing + counters.retrying
}

/** Exact, because the counters change in the same command as the jobs. */
export function admit(rows: Rows, queue: Queue | undefined, job: NewJob, at: Moment): Admission {
  if (queue === undefined || (queue.config.maxJobs === Infinity && queue.config.maxBytes === Infinity))
    return granted
  if (fits(rows, queue, job.bytes)) return granted
  if (queue.config.overflow === 'shedOldest' || queue.config.overflow === 'shedLowest') {
    if (shedFor(rows, queue, job, queue.config.overflow, at)) return granted
  }
  return { granted: false, retryAfterMs: retryAfter(queue) }
}

/** True when one more job of this size stays within the queue's bounds. */
function fits(rows: Rows, queue: Queue, bytes: number): boolean {
  const counters = rows.counters(queue.name)
  return unfinished(counters) < queue.config.maxJobs && counters.bytes + bytes <= queue.config.maxBytes
}

function shedFor(
  rows: Rows,
  queue: Queue,
  job: NewJob,
  overflow: 'shedOldest' | 'shedLowest',
  at: Moment,
): boolean {
  if (job.bytes > queue.config.maxBytes || queue.config.maxJobs < 1) return false
  while (!fits(rows, queue, job.bytes)) {
    const victim = rows.sheddable(queue.name, overflow === 'shedOldest' ? 'oldest' : 'lowest', 1)[0]
    if (victim === undefined || (overflow === 'shedLowest' && !outranks(rows, queue, job, victim, at)))
      return false
    const shed = end(rows, victim, 'expired', at)
    if (rows.listening) rows.emit({ type: 'shed', job: shed })
  }
  return true
}

/** The newcomer must be worth more than the job it pushes out. */
function outranks(rows: Rows, queue: Queue, job: NewJob, victim: Job, at: Moment): boolean {
  if (queue.config.order === 'fair') return job.priority > victim.priority
  return (
    rankOf(rows, queue, { ...victim, priority: job.priority, extras: job.extras }, at.now) <
    rankOf(rows, queue, victim, victim.runAt)
  )
}

/** The time one place takes to become free at the measured rate; a second while nothing was measured yet, never over a minute. */
export function retryAfter(queue: Queue | undefined): Millis {
  if (queue === undefined || queue.drainRate <= 0) return 1_000
  return Math.min(60_000, Math.max(1, Math.ceil(1 / queue.drainRate)))
}

/** True for queues whose fill is watched: only those pay for it. */
export function isBounded(queue: Queue | undefined): queue is Queue {
  return queue !== undefined && (queue.config.maxJobs !== Infinity || queue.config.maxBytes !== Infinity)
}

/**
 * Told once per command and queue: the fill against the watermarks, with hysteresis, and how fast the queue drains
 * (an exponentially weighted mean over windows of at least a second).
 */
export function watchFill(rows: Rows, name: string, drained: number, at: Moment): void {
  const queue = rows.queue(name)
  if (!isBounded(queue)) return
  const fill = fillOf(rows, queue)
  const { high, low } = queue.config.watermarks ?? { high: 0.9, low: 0.7 }
  const saturated = queue.saturated ? fill > low : fill >= high
  if (saturated !== queue.saturated) rows.emit({ type: saturated ? 'saturated' : 'relieved', queue: name })
  if (saturated !== queue.saturated || drained > 0)
    rows.putQueue({ ...measured(queue, drained, at.now), saturated })
}

function fillOf(rows: Rows, queue: Queue): number {
  const counters = rows.counters(queue.name)
  return Math.max(unfinished(counters) / queue.config.maxJobs, counters.bytes / queue.config.maxBytes)
}

function measured(queue: Queue, drained: number, now: Millis): Queue {
  const count = queue.drained + drained
  const elapsed = now - queue.drainedAt
  if (queue.drainedAt === 0) return { ...queue, drained: count, drainedAt: now }
  if (elapsed < 1_000) return { ...queue, drained: count }
  const rate = count / elapsed
  return {
    ...queue,
    drained: 0,
    drainedAt: now,
    drainRate: queue.drainRate === 0 ? rate : 0.7 * queue.drainRate + 0.3 * rate,
  }
}
