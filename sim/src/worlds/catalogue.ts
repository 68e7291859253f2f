import { backoff, defineJob, type JobDefinition, type QueueOptions } from '@millrace/runtime'

/** How a handler behaves in one attempt; after the last one it answers. */
export type Behaviour =
  | 'answer'
  | 'work'
  | 'throw'
  | 'throwAfterEffect'
  | 'hang'
  | 'deaf'
  | 'poison'
  | 'snooze'
  | 'retryAfter'
  | 'nonRetryable'
  | 'child'

/** What every job of a world carries: who it is, and how its attempts go. */
export interface Order {
  readonly n: number
  readonly script: readonly Behaviour[]
  /** For jobs that take turns by key, or are merged by it. */
  readonly key?: string
}

export interface Receipt {
  readonly n: number
  readonly token: number
}

export type WorldJob = JobDefinition<Order, Receipt>

const retry = {
  maxFailures: 3,
  maxCrashes: 4,
  backoff: backoff.exponential('400ms', { factor: 2, max: '1s', jitter: 'spread' }),
}
const timeout = '4s'

const dead: WorldJob = defineJob<Order, Receipt>('dead', { retry, timeout }) as WorldJob
const plain: WorldJob = defineJob<Order, Receipt>('plain', { retry, timeout })
/** Its last hope is the dead-letter hook. */
const hooked: WorldJob = defineJob<Order, Receipt>('hooked', {
  retry: { ...retry, maxFailures: 2, maxCrashes: 2, backoff: backoff.fixed('300ms', { jitter: 'full' }) },
  timeout,
  onDead: dead as never,
})
const keyed: WorldJob = defineJob<Order, Receipt>('keyed', {
  queue: 'keyed',
  retry,
  timeout,
  key: ({ key }) => key,
})
const merged: WorldJob = defineJob<Order, Receipt>('merged', {
  retry,
  timeout,
  unique: ({ key = '' }) => ({ key }),
})
const limited: WorldJob = defineJob<Order, Receipt>('limited', {
  queue: 'limited',
  retry: { ...retry, backoff: backoff.linear('200ms', { step: '200ms', jitter: 'decorrelated' }) },
  timeout,
})
const fair: WorldJob = defineJob<Order, Receipt>('fair', {
  queue: 'fair',
  retry: { ...retry, backoff: backoff.fixed('500ms', { jitter: 'equal' }) },
  timeout,
  key: ({ key }) => key,
})

export const catalogue = { plain, hooked, keyed, merged, limited, fair, dead } as const
export type JobName = keyof typeof catalogue
export const jobNames = ['plain', 'hooked', 'keyed', 'merged', 'limited', 'fair'] as const

export const keys: readonly string[] = ['a', 'b', 'c']

/** What the queues of a world allow; `overflow` differs from world to world. */
export function queuesOf(overflow: NonNullable<QueueOptions['overflow']>): Record<string, QueueOptions> {
  return {
    default: { retryBudget: { ratio: 0.5, burst: 3 } },
    keyed: { keyConcurrency: 1 },
    limited: { concurrency: 2, rate: { limit: 3, per: '1s' }, maxJobs: 6, maxBytes: 250, overflow },
    fair: { order: 'fair', keyWeights: { a: 2 } },
  }
}
