import type { QueueConfig, RetryPolicy, State } from '@millrace/core'

/*
 * What `runtime.record` writes: JSON lines. The first one is a header, each of the others is an event with its time in milliseconds since the
 * header's, and the last one is `end`, unless the process died. Jobs go by their place in the store's order of acceptance.
 * A reader refuses another `v`; fields and kinds of event it does not know it leaves aside.
 */
export const traceVersion = 1

export interface TraceHeader {
  readonly millrace: 'trace'
  readonly v: typeof traceVersion
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** What was said of the queues; a limit that is not there is `null`. */
  readonly queues: Readonly<Record<string, TracedQueue>>
}

export type TracedQueue = Omit<QueueConfig, 'retention' | 'keyWeights' | 'watermarks'>

export type TraceLine =
  /** Comes before the first job of its kind. */
  | {
      readonly event: 'definition'
      readonly at: number
      readonly queue: string
      readonly name: string
      readonly retry: RetryPolicy
      /** Bound of one attempt; 0 means none. */
      readonly timeoutMs: number
    }
  /** A worker of the runtime that records began, or is at work when the recording begins. */
  | {
      readonly event: 'worker'
      readonly at: number
      /** The queues it looks into, and their weights. */
      readonly queues: Readonly<Record<string, number>>
      /** Jobs at once. */
      readonly concurrency: number
    }
  | {
      readonly event: 'enqueued' | 'redriven'
      readonly at: number
      readonly job: number
      readonly queue: string
      readonly name: string
      readonly priority: number
      /** When it is due. */
      readonly runAt: number
      readonly state: State
      /** When it expires unless it has started. */
      readonly deadline?: number
    }
  | {
      readonly event: 'started' | 'retrying' | 'snoozed'
      readonly at: number
      readonly job: number
      /** When it became, or becomes, due. */
      readonly runAt: number
    }
  | {
      readonly event:
        | 'completed'
        | 'failed'
        | 'crashed'
        | 'released'
        | 'dead'
        | 'cancelled'
        | 'expired'
        | 'shed'
        | 'merged'
      readonly at: number
      readonly job: number
      /** Why it is dead, or into what it was merged; never the text of an error. */
      readonly reason?: string
    }
  | {
      readonly event: 'paused' | 'resumed' | 'saturated' | 'relieved'
      readonly at: number
      readonly queue: string
    }
  /** The writer was too slow: so many events are missing here. */
  | { readonly event: 'lost'; readonly at: number; readonly events: number }
  | { readonly event: 'end'; readonly at: number; readonly because: 'stopped' | 'closed' | 'full' }
