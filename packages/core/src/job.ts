import type { Body } from './body.ts'
import type { RetryPolicy } from './retry.ts'
import type { DeadReason, Ending, State } from './states.ts'

/** Milliseconds: a duration, or a point in time since 1970 where the name ends in `At` or `Until`. */
export type Millis = number

/**
 * One job, as plain immutable data: a change is a new object put in the old one's place.
 * What every job has stands here; what few jobs have stands in `extras`.
 */
export interface Job {
  readonly id: string
  /** Place in the store's order of acceptance: unique, rising, given by the store. */
  readonly seq: number
  readonly queue: string
  readonly name: string
  readonly version: number
  readonly payload: Body
  /** Bytes of the payload as stored; what `maxBytes` counts. */
  readonly bytes: number
  readonly state: State
  readonly priority: number
  /** Order within the ready index: smaller first, ties by `seq`. */
  readonly rank: number
  /** When it becomes, or became, due. */
  readonly runAt: Millis
  readonly createdAt: Millis
  /** When it entered its present state. */
  readonly since: Millis
  /** Claims so far in this generation; each ends in exactly one bucket: failure, crash, snooze, refund, success or cancel. */
  readonly attempt: number
  /** The fencing token: rises with every claim and every reap, and never goes back. */
  readonly epoch: number
  readonly failures: number
  readonly crashes: number
  readonly snoozes: number
  readonly refunds: number
  /** How often it was redriven from the dead letters. */
  readonly generation: number
  readonly retry: RetryPolicy
  /** Bound of one attempt; 0 means none. */
  readonly timeoutMs: Millis
  /** The worker session that holds the lease; '' when none does. */
  readonly owner: string
  /** 0 when there is no lease. */
  readonly leaseUntil: Millis
  readonly extras: Extras
}

/** What changes with a claim and with the end of an attempt. */
type Move = Pick<Job, 'state' | 'since' | 'attempt' | 'epoch' | 'owner' | 'leaseUntil' | 'extras'>

/** The job after a move. Every field by its name, since every job moves twice: a copy by spread takes twice the time. */
export function moved(job: Job, move: Move): Job {
  return {
    id: job.id,
    seq: job.seq,
    queue: job.queue,
    name: job.name,
    version: job.version,
    payload: job.payload,
    bytes: job.bytes,
    state: move.state,
    priority: job.priority,
    rank: job.rank,
    runAt: job.runAt,
    createdAt: job.createdAt,
    since: move.since,
    attempt: move.attempt,
    epoch: move.epoch,
    failures: job.failures,
    crashes: job.crashes,
    snoozes: job.snoozes,
    refunds: job.refunds,
    generation: job.generation,
    retry: job.retry,
    timeoutMs: job.timeoutMs,
    owner: move.owner,
    leaseUntil: move.leaseUntil,
    extras: move.extras,
  }
}

/** What only some jobs carry. A job with none of it shares `noExtras`. */
export interface Extras {
  readonly reason?: DeadReason | BlockedReason
  readonly deadline?: Millis
  readonly key?: string
  readonly unique?: Unique
  readonly idempotency?: { readonly key: string; readonly hash: string }
  /** The newest trigger that came while this job ran; becomes one follow-up when it ends. */
  readonly latch?: Latch
  readonly parents?: readonly Parent[]
  readonly flow?: FlowStep
  readonly trace?: string
  readonly correlationId?: string
  readonly causationId?: string
  readonly schedule?: { readonly id: string; readonly nominalAt: Millis }
  readonly cancel?: { readonly reason: string; readonly at: Millis }
  readonly progress?: number
  readonly result?: Body
  /** The newest errors, oldest first; bounded by `bounds.errors`. */
  readonly errors?: readonly JobError[]
  readonly log?: readonly string[]
  /** Results of `context.once`, by name. */
  readonly steps?: Readonly<Record<string, Body>>
  readonly fingerprint?: string
  /** The wait before this attempt; kept only for decorrelated jitter, which is drawn from it. */
  readonly delayMs?: Millis
  /** The job that is told of this one's death. */
  readonly onDead?: Kind
  readonly attachments?: readonly string[]
}

/** What a blocked job waits for. */
export type BlockedReason = 'dependency' | 'key' | 'storage' | 'auth'

export const noExtras: Extras = Object.freeze({})

/** What is kept of an error: data, never a live object. */
export interface JobError {
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly code?: string
  readonly at: Millis
  readonly attempt: number
  readonly bucket: 'failure' | 'crash'
}

export type UniqueWhile = 'pending' | 'unfinished' | Millis
export type OnConflict = 'keep' | 'replace' | 'debounce' | 'throttle' | 'rerun' | 'reject'

export interface Unique {
  readonly key: string
  /** `pending`: until it starts; `unfinished`: until it ends; a number: that long from acceptance. */
  readonly while: UniqueWhile
  readonly onConflict: OnConflict
  /** Where a time window begins, if not at acceptance: a follow-up that had to wait for the end of another window. */
  readonly from?: Millis
  /** Debounce only: each trigger moves the run time to now + this. */
  readonly waitMs?: Millis
  /** Debounce only: never later than acceptance + this. */
  readonly maxWaitMs?: Millis
}

export interface Latch {
  readonly id: string
  /** What the trigger asked for besides: its trace, who is told of its death. */
  readonly extras: Extras
  readonly payload: Body
  readonly bytes: number
  readonly priority: number
}

export interface Parent {
  readonly id: string
  /** What a parent that does not complete does to this job. */
  readonly onFailure: 'fail' | 'continue' | 'skip'
  /** Set when the parent has ended. */
  readonly ended?: Ending
}

/** A step of a flow; with `compensate` it is a step of a saga. */
export interface FlowStep {
  readonly id: string
  readonly step: string
  /** The job that undoes this step, enqueued in reverse order when a later step dies. */
  readonly compensate?: Kind
  /** Set on a compensation: the step it undoes. */
  readonly compensates?: string
}

/** What jobs of one definition share. */
export interface Kind {
  readonly queue: string
  readonly name: string
  readonly version: number
  readonly retry: RetryPolicy
  /** Bound of one attempt; 0 means none. */
  readonly timeoutMs: Millis
}
