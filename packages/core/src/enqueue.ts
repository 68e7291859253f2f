import { admit } from './admission.ts'
import { bury, end } from './end.ts'
import { MillraceError, type ErrorCode } from './error.ts'
import { retryAfter, watchFill } from './fill.ts'
import { verdict } from './flow-edges.ts'
import { heldJob, type Held } from './held.ts'
import { insert } from './insert.ts'
import type { Job, Millis } from './job.ts'
import type { Moment } from './moment.ts'
import type { NewJob } from './new-job.ts'
import type { Rows } from './rows.ts'
import { resolveConflict } from './unique.ts'

export interface EnqueueRequest {
  readonly jobs: readonly NewJob[]
  /** All or nothing: the first refusal throws, and none is stored. */
  readonly atomic: boolean
  /** The attempt that enqueues children: they are stored only if its lease still holds, and never refused for lack of room. */
  readonly by?: Held
  /** Acknowledged before, elsewhere (a file in the inbox): counted, but never refused for lack of room. */
  readonly exempt?: boolean
}

/** `enqueued` covers every job stored as new, whenever it is due. */
export type EnqueueOutcome = 'enqueued' | 'kept' | 'replaced' | 'debounced' | 'throttled' | 'latched'

export type EnqueueResult =
  | { readonly outcome: EnqueueOutcome; readonly id: string }
  | {
      readonly outcome: 'refused'
      readonly id: string
      readonly code: ErrorCode
      readonly message: string
      readonly retryAfterMs?: Millis
    }

export interface EnqueueReply {
  readonly results: readonly EnqueueResult[]
}

/** Takes jobs in: each is stored, merged with one that is there, or refused with the reason. */
export function enqueue(rows: Rows, request: EnqueueRequest, at: Moment): EnqueueReply {
  if (request.by !== undefined && heldJob(rows, request.by) === undefined) throw leaseLost(request.by)
  const exempt = request.exempt === true || request.by !== undefined
  const results = request.jobs.map((job) => {
    const result = take(rows, job, exempt, at)
    if (request.atomic && result.outcome === 'refused') throw refusal(result)
    return result
  })
  return { results }
}

/** A refusal as the error its caller must not overlook. */
export function refusal(result: Extract<EnqueueResult, { outcome: 'refused' }>): MillraceError {
  const { code, message, retryAfterMs, id } = result
  return new MillraceError(code, message, {
    outcome: 'no',
    jobId: id,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

/** One job in, by all the rules; an exempt one is counted but never refused for lack of room. */
export function take(rows: Rows, job: NewJob, exempt: boolean, at: Moment): EnqueueResult {
  // The same id again is a caller that did not hear our answer.
  if (rows.job(job.id) !== undefined) return { outcome: 'kept', id: job.id }
  const known = job.extras.idempotency === undefined ? undefined : repeated(rows, job, job.extras.idempotency)
  if (known !== undefined) return known
  const conflict = resolveConflict(rows, job, at)
  if (conflict === undefined) return takeNew(rows, job, exempt, at)
  if (conflict.outcome === 'later') return takeNew(rows, later(job, conflict.runAt), exempt, at)
  const { holder, outcome } = conflict
  if (outcome === 'conflict') {
    const message = `job ${holder.id} holds the unique key ${job.extras.unique?.key ?? ''}; nothing was stored`
    return { outcome: 'refused', id: job.id, code: 'UNIQUE_CONFLICT', message }
  }
  if (outcome === 'tooLarge') return full(job, holder.queue, retryAfter(rows.queue(holder.queue)))
  watchFill(rows, holder.queue, 0, at)
  if (rows.listening) rows.emit({ type: 'merged', job: holder, detail: outcome })
  return { outcome, id: (outcome === 'latched' && holder.extras.latch?.id) || holder.id }
}

/** After the window that is open now, with a window of its own from then. */
function later(job: NewJob, runAt: Millis): NewJob {
  const { unique } = job.extras
  const from = Math.max(job.runAt, runAt)
  return {
    ...job,
    runAt: from,
    extras: { ...job.extras, ...(unique !== undefined && { unique: { ...unique, from } }) },
  }
}

function takeNew(rows: Rows, job: NewJob, exempt: boolean, at: Moment): EnqueueResult {
  const missing = job.extras.parents?.find(({ id }) => rows.job(id) === undefined)
  if (missing !== undefined) {
    const message = `job ${job.id} comes after job ${missing.id}, which is not there; nothing was stored`
    return { outcome: 'refused', id: job.id, code: 'JOB_NOT_FOUND', message }
  }
  if (!exempt) {
    const admission = admit(rows, rows.queue(job.queue), job, at)
    if (!admission.granted) return full(job, job.queue, admission.retryAfterMs)
  }
  endIfDecided(rows, insert(rows, job, at), at)
  return { outcome: 'enqueued', id: job.id }
}

function full({ id }: NewJob, queue: string, retryAfterMs: Millis): EnqueueResult {
  const message = `queue ${queue} is full; try again in ${retryAfterMs} ms`
  return { outcome: 'refused', id, code: 'QUEUE_FULL', message, retryAfterMs }
}

/** Its parents may have ended in a way that leaves it nothing to do. */
function endIfDecided(rows: Rows, job: Job, at: Moment): void {
  const decided = verdict(job.extras.parents)
  if (decided === 'fail') bury(rows, job, 'dependencyFailed', at)
  if (decided === 'skip') end(rows, job, 'cancelled', at)
}

function repeated(
  rows: Rows,
  job: NewJob,
  idempotency: { readonly key: string; readonly hash: string },
): EnqueueResult | undefined {
  const known = rows.idempotent(idempotency.key)
  if (known === undefined) return undefined
  if (known.extras.idempotency?.hash === idempotency.hash) return { outcome: 'kept', id: known.id }
  const message = `idempotency key ${idempotency.key} was used with another payload by job ${known.id}; use a new key for a new request`
  return { outcome: 'refused', id: job.id, code: 'IDEMPOTENCY_CONFLICT', message }
}

function leaseLost({ id, epoch }: Held): MillraceError {
  return new MillraceError(
    'LEASE_LOST',
    `job ${id}: the lease of epoch ${epoch} is gone; nothing was enqueued`,
    { jobId: id, outcome: 'no' },
  )
}
