import type { Extras, Job, Kind, Millis } from './job.ts'
import type { Moment } from './moment.ts'
import type { NewJob } from './new-job.ts'
import { place } from './ready.ts'
import type { Rows } from './rows.ts'

/** Stores a job nobody has seen before, where it belongs at this moment. */
export function insert(rows: Rows, job: NewJob, at: Moment): Job {
  const placed = place(rows, fresh(rows, job, Math.max(job.runAt, at.now), at.now), at)
  if (rows.listening) rows.emit({ type: 'enqueued', job: placed })
  return placed
}

/** A job that stands in for another: what a latched trigger, a compensation, a dead-letter hook turns into. */
export interface Successor {
  readonly id: string
  readonly payload: Job['payload']
  readonly bytes: number
  readonly priority?: number
  readonly extras?: Extras
}

/** Puts a successor of the same or another kind behind `of`, with its trace of causes. Never refused: the work it continues was accepted. */
export function insertSuccessor(rows: Rows, of: Job, kind: Kind, next: Successor, at: Moment): Job {
  const { queue, name, version, retry, timeoutMs } = kind
  const { id, payload, bytes, priority = 0 } = next
  const job = {
    id,
    queue,
    name,
    version,
    payload,
    bytes,
    priority,
    retry,
    timeoutMs,
    extras: { ...causes(of), ...next.extras },
  }
  const placed = place(rows, fresh(rows, job, at.now, at.now), at)
  if (rows.listening) rows.emit({ type: 'enqueued', job: placed })
  return placed
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
  job: Omit<NewJob, 'payload' | 'runAt'> & Pick<Job, 'payload'>,
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
    state: 'scheduled',
    priority: job.priority,
    rank: 0,
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
    extras: job.extras,
  }
}
