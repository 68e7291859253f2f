import { watchFill } from './fill.ts'
import type { Extras, Job, Kind, Millis, Parent } from './job.ts'
import type { Moment } from './moment.ts'
import type { NewJob } from './new-job.ts'
import { rankOf } from './rank.ts'
import { place } from './ready.ts'
import type { Rows } from './rows.ts'
import { isTerminal, type State } from './states.ts'

/** Stores a job nobody has seen before, where it belongs at this moment. */
export function insert(rows: Rows, job: NewJob, at: Moment): Job {
  return placeNew(rows, job, Math.max(job.runAt, at.now), at)
}

function placeNew(rows: Rows, job: Newcomer, runAt: Millis, at: Moment): Job {
  const { parents } = job.extras
  const extras = parents === undefined ? job.extras : { ...job.extras, parents: withKnownEnds(rows, parents) }
  const placed = put(rows, job, extras, runAt, at)
  watchFill(rows, job.queue, 0, at)
  if (rows.listening) rows.emit({ type: 'enqueued', job: placed })
  return placed
}

function put(rows: Rows, job: Newcomer, extras: Extras, runAt: Millis, at: Moment): Job {
  const isFree = runAt <= at.now && extras.parents === undefined && extras.key === undefined
  if (!isFree) return place(rows, fresh(rows, job, 'scheduled', 0, extras, runAt, at.now), at)
  // What nothing holds back, and that is most, is put as it will stand.
  const rank = rankOf(rows, rows.queue(job.queue), job, runAt)
  return rows.put(fresh(rows, job, 'enqueued', rank, extras, runAt, at.now))
}

/** A new job, whose payload may already stand on a store's disk. */
type Newcomer = Omit<NewJob, 'payload' | 'runAt'> & Pick<Job, 'payload'>

/** A parent may have ended before its child was enqueued, or while its child was dead; one that is gone will not end any more. */
export function withKnownEnds(rows: Rows, parents: readonly Parent[]): readonly Parent[] {
  return parents.map((parent) => {
    const state = rows.job(parent.id)?.state ?? 'expired'
    return isTerminal(state) ? { ...parent, ended: parent.ended ?? state } : parent
  })
}

/** A job that stands in for another: what a latched trigger, a compensation, a dead-letter hook turns into. */
export interface Successor {
  readonly id: string
  readonly payload: Job['payload']
  readonly bytes: number
  readonly priority?: number
  readonly runAt?: Millis
  readonly extras?: Extras
}

/** Puts a successor of the same or another kind behind `of`, with its trace of causes. Never refused: the work it continues was accepted. */
export function insertSuccessor(rows: Rows, of: Job, kind: Kind, next: Successor, at: Moment): Job {
  const { queue, name, version, retry, timeoutMs } = kind
  const { id, payload, bytes, priority = 0, runAt = at.now } = next
  const extras = { ...causes(of), ...next.extras }
  return placeNew(
    rows,
    { id, queue, name, version, payload, bytes, priority, retry, timeoutMs, extras },
    runAt,
    at,
  )
}

function causes(of: Job): Extras {
  const { trace, correlationId } = of.extras
  return {
    causationId: of.id,
    ...(trace !== undefined && { trace }),
    ...(correlationId !== undefined && { correlationId }),
  }
}

function fresh(
  rows: Rows,
  job: Newcomer,
  state: State,
  rank: number,
  extras: Extras,
  runAt: Millis,
  now: Millis,
): Job {
  return {
    id: job.id,
    seq: rows.nextSeq(),
    queue: job.queue,
    name: job.name,
    version: job.version,
    payload: job.payload,
    bytes: job.bytes,
    state,
    priority: job.priority,
    rank,
    runAt,
    createdAt: now,
    since: now,
    attempt: 0,
    epoch: 0,
    failures: 0,
    crashes: 0,
    snoozes: 0,
    refunds: 0,
    generation: 0,
    retry: job.retry,
    timeoutMs: job.timeoutMs,
    owner: '',
    leaseUntil: 0,
    extras,
  }
}
