import type { Job, Millis, Settlement } from '@millrace/core'
import type { Attempt } from './attempt.ts'

/** What the runtime wants to know of its workers. */
export interface WorkerWatch {
  claimed(jobs: readonly Job[]): void
  /** A handler ended after `ms`, at `now` on the monotonic clock. */
  ended(settlement: Settlement, ms: Millis, now: Millis): void
  leaseLost(attempt: Attempt): void
  /** A handler did not heed its signal; its slot was given to another. */
  abandoned(attempt: Attempt): void
  /** The store did not do what it was asked to; the worker goes on trying. */
  trouble(doing: Doing, error: unknown): void
  /** All that could be claimed is done and settled. */
  quiet(): void
  /** There may be more to claim at this time. */
  nextAt(at: Millis): void
}

export type Doing = 'claim' | 'renew' | 'settle' | 'note' | 'reap' | 'prune' | 'listen' | 'start' | 'record'
