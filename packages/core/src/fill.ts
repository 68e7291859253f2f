import type { Millis } from './job.ts'
import type { Moment } from './moment.ts'
import type { Counters, Queue } from './queue.ts'
import type { Rows } from './rows.ts'

export function unfinished(counters: Counters): number {
  return counters.scheduled + counters.blocked + counters.enqueued + counters.processing + counters.retrying
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

/** The time one place takes to become free at the measured rate; a second while nothing was measured yet, never over a minute. */
export function retryAfter(queue: Queue | undefined): Millis {
  if (queue === undefined || queue.drainRate <= 0) return 1_000
  return Math.min(60_000, Math.max(1, Math.ceil(1 / queue.drainRate)))
}
