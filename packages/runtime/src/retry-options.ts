import { defaultBackoff, type Backoff, type RetryPolicy } from '@millrace/core'
import { parseDuration, type Duration } from './duration.ts'
import { badArgument, checkInteger, checkOptions } from './options.ts'

export interface RetryOptions {
  /** Attempts that may fail before the job is a dead letter; 5, if not given. */
  readonly maxFailures?: number
  /** Attempts that may take the process down before the job is poison; 3, if not given. */
  readonly maxCrashes?: number
  /** 1 s, 2 s, 4 s, ... up to an hour, each with up to a quarter more, if not given. */
  readonly backoff?: Backoff
  /** No retry starts later than this after the enqueue. */
  readonly for?: Duration
}

const defaultPolicy: RetryPolicy = Object.freeze({ maxFailures: 5, maxCrashes: 3, backoff: defaultBackoff })

const most = 1_000_000

export function retryPolicy(options: RetryOptions | undefined, what: string): RetryPolicy {
  if (options === undefined) return defaultPolicy
  checkOptions(options, ['maxFailures', 'maxCrashes', 'backoff', 'for'], `${what}: retry`)
  const { maxFailures = defaultPolicy.maxFailures, maxCrashes = defaultPolicy.maxCrashes } = options
  return Object.freeze({
    maxFailures: checkInteger(maxFailures, 1, most, `${what}: retry.maxFailures`),
    maxCrashes: checkInteger(maxCrashes, 1, most, `${what}: retry.maxCrashes`),
    backoff: checkBackoff(options.backoff ?? defaultBackoff, what),
    ...(options.for !== undefined && { forMs: parseDuration(options.for, `${what}: retry.for`, 1) }),
  })
}

function checkBackoff(value: Backoff, what: string): Backoff {
  const kinds = ['exponential', 'linear', 'fixed', 'table']
  if (typeof value !== 'object' || value === null || !kinds.includes(value.kind))
    throw badArgument(`${what}: retry.backoff is made with backoff.${kinds.join(', backoff.')}`)
  return value
}
