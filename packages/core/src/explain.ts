import type { Job, Millis } from './job.ts'
import { allowance } from './limits.ts'
import type { Moment } from './moment.ts'
import type { Rows } from './rows.ts'
import { isTerminal } from './states.ts'

/** One reason why a job is not running now. */
export type Hindrance =
  | { readonly kind: 'notFound' }
  | { readonly kind: 'ended'; readonly state: string; readonly reason?: string }
  | { readonly kind: 'running'; readonly owner: string; readonly leaseUntil: Millis }
  | { readonly kind: 'notDue'; readonly runAt: Millis }
  | { readonly kind: 'backoff'; readonly runAt: Millis; readonly error: string }
  | { readonly kind: 'dependency'; readonly waitsFor: readonly string[] }
  | { readonly kind: 'key'; readonly key: string; readonly ahead: number }
  | { readonly kind: 'parked'; readonly reason: 'storage' | 'auth' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'concurrency'; readonly limit: number }
  | { readonly kind: 'rate'; readonly freeAt: Millis }
  | { readonly kind: 'noHandler'; readonly name: string }
  /** Nothing is in its way but the jobs before it; counted up to 1,000. */
  | { readonly kind: 'inLine'; readonly ahead: number }

export interface ExplainRequest {
  readonly id: string
  /** Names of jobs that live workers handle, if known. */
  readonly handled?: readonly string[]
}

export interface Explanation {
  readonly hindrances: readonly Hindrance[]
  /** The earliest time it may start, if time is all it waits for; `undefined` if that cannot be said. */
  readonly mayStartAt: Millis | undefined
}

/** Why is this job not running, and when may it start? */
export function explain(rows: Rows, { id, handled }: ExplainRequest, at: Moment): Explanation {
  const job = rows.job(id)
  if (job === undefined) return { hindrances: [{ kind: 'notFound' }], mayStartAt: undefined }
  const own = ownHindrance(rows, job)
  if (isTerminal(job.state) || job.state === 'processing') return { hindrances: own, mayStartAt: undefined }
  const hindrances = [...own, ...queueHindrances(rows, job, at.now), ...handlerHindrance(job, handled)]
  return { hindrances, mayStartAt: startOf(job, hindrances, at.now) }
}

/** What the job itself waits for. */
function ownHindrance(rows: Rows, job: Job): readonly Hindrance[] {
  switch (job.state) {
    case 'processing':
      return [{ kind: 'running', owner: job.owner, leaseUntil: job.leaseUntil }]
    case 'scheduled':
      return [{ kind: 'notDue', runAt: job.runAt }]
    case 'retrying':
      return [{ kind: 'backoff', runAt: job.runAt, error: job.extras.errors?.at(-1)?.message ?? '' }]
    case 'blocked':
      return [blockedBy(rows, job)]
    case 'enqueued':
      return [{ kind: 'inLine', ahead: ahead(rows, job) }]
    case 'completed':
    case 'dead':
    case 'cancelled':
    case 'expired':
      return [
        {
          kind: 'ended',
          state: job.state,
          ...(job.extras.reason !== undefined && { reason: job.extras.reason }),
        },
      ]
  }
}

function blockedBy(rows: Rows, job: Job): Hindrance {
  const { reason, key = '', parents = [] } = job.extras
  if (reason === 'storage' || reason === 'auth') return { kind: 'parked', reason }
  if (reason !== 'key')
    return {
      kind: 'dependency',
      waitsFor: parents.filter(({ ended }) => ended === undefined).map(({ id }) => id),
    }
  const before = rows.waiting(job.queue, key, 1_000).findIndex(({ id }) => id === job.id)
  return { kind: 'key', key, ahead: rows.keySlots(job.queue, key) + Math.max(0, before) }
}

function ahead(rows: Rows, job: Job): number {
  const index = rows.ready(job.queue, undefined, 1_000).findIndex(({ id }) => id === job.id)
  return index < 0 ? 1_000 : index
}

/** What its queue holds back. */
function queueHindrances(rows: Rows, job: Job, now: Millis): readonly Hindrance[] {
  const queue = rows.queue(job.queue)
  if (queue === undefined) return []
  if (queue.paused) return [{ kind: 'paused' }]
  const limit = queue.config.concurrency
  if (rows.counters(job.queue).processing >= limit) return [{ kind: 'concurrency', limit }]
  const { starts, moreAt } = allowance(rows, queue, now)
  return starts < 1 ? [{ kind: 'rate', freeAt: moreAt }] : []
}

function handlerHindrance(job: Job, handled: readonly string[] | undefined): readonly Hindrance[] {
  return handled === undefined || handled.includes(job.name) ? [] : [{ kind: 'noHandler', name: job.name }]
}

function startOf(job: Job, hindrances: readonly Hindrance[], now: Millis): Millis | undefined {
  const onlyTime = hindrances.every(
    ({ kind }) => kind === 'notDue' || kind === 'backoff' || kind === 'rate' || kind === 'inLine',
  )
  if (!onlyTime) return undefined
  return hindrances.reduce(
    (latest, one) => (one.kind === 'rate' ? Math.max(latest, one.freeAt) : latest),
    Math.max(now, job.runAt),
  )
}
