import type { Backoff, Jitter } from '@millrace/core'
import { parseDuration, type Duration } from './duration.ts'
import { badArgument, checkNumber, checkOneOf, checkOptions } from './options.ts'

const jitters: readonly Jitter[] = ['spread', 'none', 'full', 'equal', 'decorrelated']
const mostDelays = 100

export interface BackoffOptions {
  /** No delay is longer; an hour, if not given. */
  readonly max?: Duration
  /** `spread` (up to a quarter more), if not given. */
  readonly jitter?: Jitter
}

/** How long a failed job waits for its next attempt. */
export const backoff: {
  /** base, base × factor, base × factor², ...; the factor is 2, if not given. */
  exponential(base: Duration, options?: BackoffOptions & { readonly factor?: number }): Backoff
  /** base, base + step, base + 2 × step, ...; the step is the base, if not given. */
  linear(base: Duration, options?: BackoffOptions & { readonly step?: Duration }): Backoff
  /** Always the same. */
  fixed(delay: Duration, options?: Pick<BackoffOptions, 'jitter'>): Backoff
  /** One delay after the other; the last one is repeated. */
  table(delays: readonly Duration[], options?: Pick<BackoffOptions, 'jitter'>): Backoff
} = { exponential, linear, fixed, table }

function exponential(base: Duration, options: BackoffOptions & { readonly factor?: number } = {}): Backoff {
  checkOptions(options, ['factor', 'max', 'jitter'], 'backoff.exponential')
  return {
    kind: 'exponential',
    baseMs: parseDuration(base, 'the base of backoff.exponential'),
    factor: checkNumber(options.factor ?? 2, 1, 100, 'factor'),
    maxMs: parseDuration(options.max ?? '1h', 'max'),
    jitter: jitterOf(options),
  }
}

function linear(base: Duration, options: BackoffOptions & { readonly step?: Duration } = {}): Backoff {
  checkOptions(options, ['step', 'max', 'jitter'], 'backoff.linear')
  return {
    kind: 'linear',
    baseMs: parseDuration(base, 'the base of backoff.linear'),
    stepMs: parseDuration(options.step ?? base, 'step'),
    maxMs: parseDuration(options.max ?? '1h', 'max'),
    jitter: jitterOf(options),
  }
}

function fixed(delay: Duration, options: Pick<BackoffOptions, 'jitter'> = {}): Backoff {
  checkOptions(options, ['jitter'], 'backoff.fixed')
  return {
    kind: 'fixed',
    delayMs: parseDuration(delay, 'the delay of backoff.fixed'),
    jitter: jitterOf(options),
  }
}

function table(delays: readonly Duration[], options: Pick<BackoffOptions, 'jitter'> = {}): Backoff {
  checkOptions(options, ['jitter'], 'backoff.table')
  if (!Array.isArray(delays) || delays.length === 0 || delays.length > mostDelays)
    throw badArgument(`backoff.table needs 1 to ${mostDelays} delays`)
  const delaysMs = delays.map((delay) => parseDuration(delay, 'a delay of backoff.table'))
  return { kind: 'table', delaysMs, jitter: jitterOf(options) }
}

function jitterOf({ jitter = 'spread' }: BackoffOptions): Jitter {
  return checkOneOf(jitter, jitters, 'jitter')
}
