import type { OnConflict, Overlap, QueueConfig, UniqueWhile } from '@millrace/core'

/** What happens next in a run. */
export type Step =
  /** Commands called one right after the other, without waiting for an answer in between. */
  | { readonly kind: 'call'; readonly deeds: readonly Deed[] }
  /** Time passes; `next` goes to when something is due. */
  | { readonly kind: 'tick'; readonly ms: number | 'next' }
  | { readonly kind: 'reopen' }
  /** Goes on with another store object on the same place. */
  | { readonly kind: 'share'; readonly store: number }

/**
 * One command, planned. Numbers are picks: they mean "the n-th of what is there", modulo how many there are,
 * so that a deed still makes sense when shrinking has taken others away.
 */
export type Deed =
  | EnqueueDeed
  | { readonly kind: 'flow'; readonly steps: readonly FlowPlan[]; readonly queue: number }
  | ClaimDeed
  | { readonly kind: 'settle'; readonly endings: readonly Ending[] }
  | { readonly kind: 'renew'; readonly attempts: readonly number[]; readonly leaseMs: number }
  | { readonly kind: 'note'; readonly attempt: number; readonly step: number }
  | { readonly kind: 'reap'; readonly limit: number; readonly gone: number | undefined }
  | { readonly kind: 'cancel'; readonly jobs: readonly number[] }
  | { readonly kind: 'pause'; readonly queue: number; readonly paused: boolean }
  | RedriveDeed
  | { readonly kind: 'discard'; readonly limit: number }
  | { readonly kind: 'prune'; readonly limit: number }
  | { readonly kind: 'schedule'; readonly schedule: number; readonly overlap: Overlap }
  | { readonly kind: 'fire'; readonly schedule: number; readonly late: number }
  | {
      readonly kind: 'read'
      readonly what: 'find' | 'list' | 'group' | 'explain' | 'schedules'
      readonly pick: number
    }

export interface EnqueueDeed {
  readonly kind: 'enqueue'
  readonly jobs: readonly JobPlan[]
  readonly how: 'atomic' | 'parts' | 'exempt' | 'child'
  /** The attempt whose children they are. */
  readonly by: number
}

export interface ClaimDeed {
  readonly kind: 'claim'
  readonly owner: number
  readonly limit: number
  readonly queues: 'a' | 'b' | 'both'
  readonly names: readonly number[] | undefined
  readonly leaseMs: number
}

export interface RedriveDeed {
  readonly kind: 'redrive'
  readonly limit: number
  readonly job: number | undefined
  readonly ratePerSecond: number | undefined
}

export interface JobPlan {
  /** Repeats the id of a job that was seen before. */
  readonly again: number | undefined
  readonly queue: number
  readonly name: number
  readonly size: number
  readonly priority: number
  readonly delayMs: number
  readonly key: number | undefined
  readonly unique: UniquePlan | undefined
  readonly idempotency: { readonly key: number; readonly hash: number } | undefined
  readonly deadlineMs: number | undefined
  readonly parents: readonly EdgePlan[]
  readonly maxFailures: number
  readonly maxCrashes: number
  readonly forMs: number | undefined
  readonly onDead: boolean
}

export interface UniquePlan {
  readonly key: number
  readonly while: UniqueWhile
  readonly onConflict: OnConflict
  readonly waitMs: number
  readonly maxWaitMs: number | undefined
}

export interface EdgePlan {
  readonly job: number
  readonly onFailure: 'fail' | 'continue' | 'skip'
}

export interface FlowPlan {
  /** Edges to steps before this one. */
  readonly after: readonly EdgePlan[]
  readonly compensate: boolean
  readonly key: number | undefined
  readonly deadlineMs: number | undefined
}

export interface Ending {
  readonly attempt: number
  readonly outcome: 'complete' | 'fail' | 'dead' | 'retryAfter' | 'snooze' | 'release'
}

/** How the two queues of a run are configured: what is not named is as by default. */
export type QueuePlans = readonly [Partial<QueueConfig>, Partial<QueueConfig>]
