import type { Millis } from './job.ts'
import type { Queue } from './queue.ts'
import type { Rows } from './rows.ts'

/** How many jobs of the queue may start now, and when more may, if only time is in the way. */
export interface Allowance {
  readonly starts: number
  readonly moreAt: Millis
}

const unlimited: Allowance = { starts: Infinity, moreAt: Infinity }
const none: Allowance = { starts: 0, moreAt: Infinity }

export function allowance(rows: Rows, queue: Queue | undefined, now: Millis): Allowance {
  if (queue === undefined) return unlimited
  if (queue.paused) return none
  const slots =
    queue.config.concurrency === Infinity
      ? Infinity
      : Math.max(0, queue.config.concurrency - rows.counters(queue.name).processing)
  const rate = queue.config.rate
  if (rate === undefined) return { starts: slots, moreAt: Infinity }
  const tokens = filled(queue, now)
  const starts = Math.floor(tokens / rate.perMs)
  // While slots are what is missing, a token more would change nothing.
  if (slots < starts || slots === 0) return { starts: slots, moreAt: Infinity }
  return { starts, moreAt: now + Math.ceil(((starts + 1) * rate.perMs - tokens) / rate.limit) }
}

/** The queue after `starts` jobs of it began. */
export function spend(queue: Queue, starts: number, now: Millis): Queue {
  const rate = queue.config.rate
  if (rate === undefined) return queue
  return {
    ...queue,
    tokens: filled(queue, now) - starts * rate.perMs,
    filledAt: Math.max(queue.filledAt, now),
  }
}

/** Integers only: a start costs `perMs` units, each millisecond brings `limit` of them, and the bucket holds `limit` starts. */
function filled(queue: Queue, now: Millis): number {
  const { limit, perMs } = queue.config.rate!
  return Math.min(limit * perMs, queue.tokens + Math.max(0, now - queue.filledAt) * limit)
}
