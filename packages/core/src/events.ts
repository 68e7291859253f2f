import type { Job } from './job.ts'

export type JobEventType =
  | 'enqueued'
  | 'started'
  | 'progress'
  | 'completed'
  | 'failed'
  | 'crashed'
  | 'retrying'
  | 'snoozed'
  | 'released'
  | 'dead'
  | 'cancelled'
  | 'expired'
  | 'shed'
  | 'merged'
  | 'redriven'
  | 'pruned'

export type QueueEventType = 'saturated' | 'relieved' | 'paused' | 'resumed'

/** A fact about one job, or one queue, told after it is durable. */
export type JobEvent =
  | { readonly type: JobEventType; readonly job: Job; readonly detail?: string }
  | { readonly type: QueueEventType; readonly queue: string }
