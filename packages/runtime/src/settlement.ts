import { MillraceError, type Fault, type Settlement } from '@millrace/core'
import type { Attempt } from './attempt.ts'
import { InvalidPayload, InvalidResult } from './perform.ts'

/** What an attempt's end means to the store. */
export function completion({ job }: Attempt, result: string | undefined): Settlement {
  return result === undefined
    ? { id: job.id, epoch: job.epoch, outcome: 'complete' }
    : { id: job.id, epoch: job.epoch, outcome: 'complete', result }
}

export function release({ job }: Attempt): Settlement {
  return { id: job.id, epoch: job.epoch, outcome: 'release' }
}

/** The worker died under the handler. */
export function crash({ job: { id, epoch } }: Attempt, error: unknown): Settlement {
  return {
    id,
    epoch,
    outcome: 'fail',
    bucket: 'crash',
    error: errorOf(error, textOf(error, 'name')),
  }
}

/** What it means that the handler threw, or did not end in time after it was asked to stop. */
export function outcomeOf(attempt: Attempt, thrown: unknown): Settlement {
  const why = attempt.stop?.why
  // Broken off by us: no fault of the job's.
  if (why?.code === 'CLOSED' || why?.code === 'LEASE_LOST') return release(attempt)
  if (why?.code === 'ATTEMPT_TIMEOUT') return failure(attempt, why)
  try {
    if (thrown instanceof InvalidPayload) return lastFailure(attempt, thrown.cause, 'invalidPayload')
    // The handler did its work and answered what cannot be stored: to do it again would not help.
    if (thrown instanceof InvalidResult) return lastFailure(attempt, thrown.cause, 'nonRetryable')
    return failure(attempt, thrown)
  } catch {
    // A handler may throw anything at all, even what throws when it is looked at; nothing may break the worker.
    return failure(attempt, 'a value that cannot be read')
  }
}

function failure(attempt: Attempt, thrown: unknown): Settlement {
  const { id, epoch } = attempt.job
  const { retryAfterMs, delayMs } = fieldsOf(thrown)
  const name = textOf(thrown, 'name')
  if (name === 'Snooze' && isDelay(delayMs)) return { id, epoch, outcome: 'snooze', delayMs }
  const fault: Fault = { bucket: 'failure', error: errorOf(thrown, name) }
  if (name === 'RetryAfter' && isDelay(retryAfterMs))
    return { id, epoch, outcome: 'fail', ...fault, retryAfterMs }
  if (name === 'NonRetryable') return { id, epoch, outcome: 'fail', ...fault, dead: 'nonRetryable' }
  return { id, epoch, outcome: 'fail', ...fault }
}

function lastFailure(attempt: Attempt, thrown: unknown, dead: 'invalidPayload' | 'nonRetryable'): Settlement {
  const { id, epoch } = attempt.job
  return {
    id,
    epoch,
    outcome: 'fail',
    bucket: 'failure',
    error: errorOf(thrown, textOf(thrown, 'name')),
    dead,
  }
}

export function attemptTimeout({ job }: Attempt): MillraceError {
  return new MillraceError(
    'ATTEMPT_TIMEOUT',
    `job ${job.id}: attempt ${job.attempt} ran longer than ${job.timeoutMs} ms and was aborted; raise the timeout of ${job.name}, or do less`,
    { jobId: job.id },
  )
}

export function cancelled({ job }: Attempt, reason: string): MillraceError {
  return new MillraceError('JOB_CANCELLED', `job ${job.id} was cancelled: ${reason}`, { jobId: job.id })
}

export function workerStops({ job }: Attempt): MillraceError {
  return new MillraceError('CLOSED', `the worker stops; job ${job.id} is given back and runs again later`, {
    jobId: job.id,
  })
}

export function leaseLost({ job }: Attempt, how: string): MillraceError {
  return new MillraceError(
    'LEASE_LOST',
    `job ${job.id}: ${how} at attempt ${job.attempt}; its result is dropped, another worker may have the job`,
    { jobId: job.id },
  )
}

function errorOf(thrown: unknown, name: string | undefined): Fault['error'] {
  const stack = textOf(thrown, 'stack')
  const code = textOf(thrown, 'code')
  return {
    name: name ?? 'Error',
    message: textOf(thrown, 'message') ?? printed(thrown),
    ...(stack !== undefined && { stack }),
    ...(code !== undefined && { code }),
  }
}

function fieldsOf(thrown: unknown): { readonly retryAfterMs?: unknown; readonly delayMs?: unknown } {
  return typeof thrown === 'object' && thrown !== null ? thrown : {}
}

function isDelay(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value)
}

function textOf(thrown: unknown, field: 'name' | 'message' | 'stack' | 'code'): string | undefined {
  const value = (thrown as Record<string, unknown> | null | undefined)?.[field]
  return typeof value === 'string' ? value : undefined
}

function printed(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'a value that cannot be printed'
  }
}
