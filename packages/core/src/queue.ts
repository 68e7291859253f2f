import type { Millis } from './job.ts'

export type Overflow = 'reject' | 'wait' | 'shedOldest' | 'shedLowest'

/** What a queue allows; `Infinity` stands for no limit. */
export interface QueueConfig {
  /** Unfinished jobs at most. */
  readonly maxJobs: number
  /** Bytes of unfinished payloads at most. */
  readonly maxBytes: number
  readonly overflow: Overflow
  readonly order: 'priority' | 'fair'
  /** Head start in milliseconds that one point of priority gives; `Infinity` is strict priority. */
  readonly ageing: Millis
  /** Jobs processing at once over all workers. */
  readonly concurrency: number
  /** Token bucket: at most `limit` starts per `perMs`. */
  readonly rate?: { readonly limit: number; readonly perMs: Millis }
  /** Jobs of one key at once; 1 is first in, first out per key. */
  readonly keyConcurrency: number
  /** Weights of keys under `order: 'fair'`; a key not named weighs 1. */
  readonly keyWeights?: Readonly<Record<string, number>>
  /** Retries at most this share of fresh work, once the bucket is empty. */
  readonly retryBudget?: { readonly ratio: number; readonly burst: number }
  /** Fill at which `saturated` is told, and the one below which `relieved` is. */
  readonly watermarks?: { readonly high: number; readonly low: number }
  /** How long and how many ended jobs are kept, by state. */
  readonly retention: Readonly<Record<'completed' | 'dead' | 'cancelled' | 'expired', Retention>>
}

export interface Retention {
  readonly ageMs: Millis
  readonly count: number
}

/** A queue's own row: what was configured, and what must outlive a process. */
export interface Queue {
  readonly name: string
  readonly config: QueueConfig
  readonly paused: boolean
  readonly saturated: boolean
  /** Token bucket for `rate`, in units of 1/perMs of a start so that all is integer, and when it was last filled. */
  readonly tokens: number
  readonly filledAt: Millis
  /** Retry budget: tokens left. */
  readonly retryTokens: number
  /** Virtual time of fair queueing: the start tag of the newest claim. */
  readonly virtualTime: number
  /** Finished jobs per millisecond, a moving average; what `retryAfterMs` is made of. */
  readonly drainRate: number
  /** Jobs ended since `drainedAt`, the start of the window being measured. */
  readonly drained: number
  readonly drainedAt: Millis
}

/** Fair queueing's memory of one key. */
export interface Key {
  readonly queue: string
  readonly key: string
  /** Where the key's last job ends in virtual time. */
  readonly finishTag: number
}

/** What a queue holds now. Kept by the store as jobs move, so it equals a recount at any moment. */
export interface Counters {
  readonly scheduled: number
  readonly blocked: number
  readonly enqueued: number
  readonly processing: number
  readonly retrying: number
  readonly completed: number
  readonly dead: number
  readonly cancelled: number
  readonly expired: number
  /** Payload bytes of the unfinished ones. */
  readonly bytes: number
}

export const noCounters: Counters = Object.freeze({
  scheduled: 0,
  blocked: 0,
  enqueued: 0,
  processing: 0,
  retrying: 0,
  completed: 0,
  dead: 0,
  cancelled: 0,
  expired: 0,
  bytes: 0,
})

const hour = 3_600_000
const day = 24 * hour

export const defaultQueueConfig: QueueConfig = {
  maxJobs: Infinity,
  maxBytes: Infinity,
  overflow: 'reject',
  order: 'priority',
  ageing: 60_000,
  concurrency: Infinity,
  keyConcurrency: Infinity,
  retention: {
    completed: { ageMs: hour, count: 1_000 },
    dead: { ageMs: 90 * day, count: 100_000 },
    cancelled: { ageMs: day, count: 1_000 },
    expired: { ageMs: day, count: 1_000 },
  },
}

/** The row of a queue nobody configured. */
export function freshQueue(name: string, config: QueueConfig = defaultQueueConfig): Queue {
  return {
    name,
    config,
    paused: false,
    saturated: false,
    tokens: config.rate === undefined ? 0 : config.rate.limit * config.rate.perMs,
    filledAt: 0,
    retryTokens: config.retryBudget?.burst ?? 0,
    virtualTime: 0,
    drainRate: 0,
    drained: 0,
    drainedAt: 0,
  }
}
