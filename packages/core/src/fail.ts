import { backoffDelay } from './backoff.ts'
import { bounds } from './bounds.ts'
import { bury } from './end.ts'
import type { Extras, Job, JobError, Millis } from './job.ts'
import { draw, type Moment } from './moment.ts'
import type { Rows } from './rows.ts'
import type { DeadReason } from './states.ts'

/** How an attempt went wrong, as its worker or the reaper saw it. */
export interface Fault {
  readonly bucket: 'failure' | 'crash'
  readonly error: Pick<JobError, 'name' | 'message' | 'stack' | 'code'>
  /** Overrides the backoff. */
  readonly retryAfterMs?: Millis
  /** No retry: straight to the dead letters. */
  readonly dead?: 'nonRetryable' | 'invalidPayload'
}

/** Charges the attempt to its bucket and sends the job to its next try or to the dead letters. */
export function fail(rows: Rows, job: Job, fault: Fault, at: Moment): Job {
  const charged = charge(job, fault, at)
  if (rows.listening)
    rows.emit({
      type: fault.bucket === 'crash' ? 'crashed' : 'failed',
      job: charged,
      detail: fault.error.message,
    })
  const reason = deathOf(charged, fault)
  return reason === undefined ? retry(rows, charged, fault, at) : bury(rows, charged, reason, at)
}

function charge(job: Job, fault: Fault, at: Moment): Job {
  const { name, message, stack, code } = fault.error
  const error: JobError = {
    name: name.slice(0, bounds.name),
    message: message.slice(0, bounds.errorText),
    ...(stack !== undefined && { stack: stack.slice(0, bounds.errorText) }),
    ...(code !== undefined && { code: code.slice(0, bounds.name) }),
    at: at.now,
    attempt: job.attempt,
    bucket: fault.bucket,
  }
  const errors = [...(job.extras.errors ?? []), error].slice(-bounds.errors)
  const crash = fault.bucket === 'crash' ? 1 : 0
  return {
    ...job,
    failures: job.failures + 1 - crash,
    crashes: job.crashes + crash,
    extras: { ...job.extras, errors },
  }
}

function deathOf(job: Job, fault: Fault): DeadReason | undefined {
  if (fault.dead !== undefined) return fault.dead
  if (job.crashes >= job.retry.maxCrashes) return 'poison'
  return job.failures >= job.retry.maxFailures ? 'exhausted' : undefined
}

function retry(rows: Rows, job: Job, fault: Fault, at: Moment): Job {
  const delayMs = fault.retryAfterMs ?? delayOf(job, fault.bucket, at)
  const runAt = at.now + delayMs
  if (runAt > retriesUntil(job)) return bury(rows, job, 'exhausted', at)
  const extras: Extras = job.retry.backoff.jitter === 'decorrelated' ? { ...job.extras, delayMs } : job.extras
  const retrying = rows.put({
    ...job,
    state: 'retrying',
    since: at.now,
    runAt,
    owner: '',
    leaseUntil: 0,
    extras,
  })
  if (rows.listening) rows.emit({ type: 'retrying', job: retrying })
  return retrying
}

function delayOf(job: Job, bucket: Fault['bucket'], at: Moment): Millis {
  const nth = bucket === 'crash' ? job.crashes : job.failures
  return backoffDelay(job.retry.backoff, nth, job.extras.delayMs ?? 0, draw(at, job.seq, job.epoch))
}

function retriesUntil(job: Job): Millis {
  const { forMs = 0 } = job.retry
  return forMs === 0 ? Infinity : job.createdAt + forMs
}
