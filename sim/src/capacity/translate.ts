import {
  defaultQueueConfig,
  type Backoff as CoreBackoff,
  type QueueConfig,
  type RetryPolicy,
} from '@millrace/core'
import type { QueueModel, Retry, Scenario } from '../scenario/scenario.ts'

/** What an ended job leaves behind: nothing, so that memory holds the live jobs alone. The ledger has counted it. */
const keepNothing = { ageMs: 0, count: 0 }

/** A scenario's queue as the core is configured with it. */
function queueConfig(queue: QueueModel, retry: Retry): QueueConfig {
  const orInfinity = (limit: number | 'unlimited'): number => (limit === 'unlimited' ? Infinity : limit)
  return {
    ...defaultQueueConfig,
    maxJobs: orInfinity(queue.capacity),
    overflow: queue.overflow,
    order: queue.order,
    ageing: queue.ageing === 'strict' ? Infinity : millis(queue.ageing),
    concurrency: orInfinity(queue.concurrency),
    ...(queue.rate !== 'unlimited' && { rate: { limit: queue.rate.limit, perMs: millis(queue.rate.per) } }),
    ...(retry.budget !== 'none' && { retryBudget: retry.budget }),
    retention: { completed: keepNothing, dead: keepNothing, cancelled: keepNothing, expired: keepNothing },
  }
}

export function queueConfigs({ queues, retry }: Scenario): Readonly<Record<string, QueueConfig>> {
  return Object.fromEntries(Object.entries(queues).map(([name, queue]) => [name, queueConfig(queue, retry)]))
}

export function retryPolicy(retry: Retry): RetryPolicy {
  return { maxFailures: retry.maxFailures, maxCrashes: retry.maxCrashes, backoff: coreBackoff(retry) }
}

function coreBackoff({ backoff, jitter }: Retry): CoreBackoff {
  switch (backoff.kind) {
    case 'exponential': {
      const { base, factor, max } = backoff
      return { kind: 'exponential', baseMs: millis(base), factor, maxMs: millis(max), jitter }
    }
    case 'linear': {
      const { base, step, max } = backoff
      return { kind: 'linear', baseMs: millis(base), stepMs: millis(step), maxMs: millis(max), jitter }
    }
    case 'fixed':
      return { kind: 'fixed', delayMs: millis(backoff.delay), jitter }
    case 'table':
      return { kind: 'table', delaysMs: backoff.delays.map(millis), jitter }
  }
}

function millis(seconds: number): number {
  return seconds * 1_000
}
