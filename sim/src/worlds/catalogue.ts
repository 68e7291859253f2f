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
  retry: { ...retry, backoff: backoff.exponential('400ms', { factor: 2, max: '600ms', jitter: 'equal' }) },
  timeout,
  key: ({ key }) => key,
})
/** It fails more often than errors are kept. */
const patient: WorldJob = defineJob<Order, Receipt>('patient', {
  queue: 'patient',
  retry: { maxFailures: 30, maxCrashes: 4, backoff: backoff.table(['50ms', '200ms', '100ms']) },
  timeout,
})

export const catalogue = { plain, hooked, keyed, merged, limited, fair, patient, dead } as const
export type JobName = keyof typeof catalogue
export const jobNames = ['plain', 'hooked', 'keyed', 'merged', 'limited', 'fair', 'patient'] as const

export const keys: readonly string[] = ['a', 'b', 'c']

/** How much of a worker's attention each queue gets. */
export const weights: Readonly<Record<string, number>> = {
  default: 4,
  keyed: 4,
  limited: 2,
  fair: 2,
  patient: 1,
}

export const keyWeights: Readonly<Record<string, number>> = { a: 2, b: 1, c: 1 }

/** What the queues of a world allow; `overflow` differs from world to world. */
export function queuesOf(overflow: NonNullable<QueueOptions['overflow']>): Record<string, QueueOptions> {
  return {
    default: { retryBudget: { ratio: 0.5, burst: 3 } },
    keyed: { keyConcurrency: 1 },
    limited: { concurrency: 2, rate: { limit: 3, per: '1s' }, maxJobs: 6, maxBytes: 320, overflow },
    fair: { order: 'fair', keyWeights },
    patient: {},
  }
}
