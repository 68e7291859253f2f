import type { Millis } from './job.ts'

/**
 * How the pure delay is blurred, so that jobs that failed together do not come back together.
 * `spread` adds up to a quarter; `full` draws from 0 to the delay; `equal` from half of it to all of it;
 * `decorrelated` draws from the base to three times the previous delay
 * (the last three after Brooker, "Exponential Backoff And Jitter", AWS 2015).
 */
export type Jitter = 'spread' | 'none' | 'full' | 'equal' | 'decorrelated'

export type Backoff =
  | {
      readonly kind: 'exponential'
      readonly baseMs: Millis
      readonly factor: number
      readonly maxMs: Millis
      readonly jitter: Jitter
    }
  | {
      readonly kind: 'linear'
      readonly baseMs: Millis
      readonly stepMs: Millis
      readonly maxMs: Millis
      readonly jitter: Jitter
    }
  | { readonly kind: 'fixed'; readonly delayMs: Millis; readonly jitter: Jitter }
  | { readonly kind: 'table'; readonly delaysMs: readonly Millis[]; readonly jitter: Jitter }

/** 1 s, 2 s, 4 s, 8 s, 16 s and up to a quarter more, never over an hour. */
export const defaultBackoff: Backoff = {
  kind: 'exponential',
  baseMs: 1_000,
  factor: 2,
  maxMs: 3_600_000,
  jitter: 'spread',
}

/**
 * The wait before the next attempt, in whole milliseconds.
 * `nth` counts from 1; `previous` is the wait before this one (0 if there was none); `chance` is in [0, 1).
 */
export function backoffDelay(backoff: Backoff, nth: number, previous: Millis, chance: number): Millis {
  const pure = pureDelay(backoff, nth)
  switch (backoff.jitter) {
    case 'none':
      return Math.round(pure)
    case 'spread':
      return Math.round(Math.min(ceiling(backoff), pure * (1 + chance / 4)))
    case 'full':
      return Math.round(pure * chance)
    case 'equal':
      return Math.round((pure * (1 + chance)) / 2)
    case 'decorrelated': {
      const base = pureDelay(backoff, 1)
      const most = Math.max(base, 3 * (previous || base))
      return Math.round(Math.min(ceiling(backoff), base + (most - base) * chance))
    }
  }
}

function pureDelay(backoff: Backoff, nth: number): Millis {
  switch (backoff.kind) {
    case 'exponential':
      // The power is bounded first: 0 times infinity is no number.
      return Math.min(backoff.maxMs, backoff.baseMs * Math.min(Number.MAX_VALUE, backoff.factor ** (nth - 1)))
    case 'linear':
      return Math.min(backoff.maxMs, backoff.baseMs + backoff.stepMs * (nth - 1))
    case 'fixed':
      return backoff.delayMs
    case 'table':
      return backoff.delaysMs[Math.min(nth, backoff.delaysMs.length) - 1] ?? 0
  }
}

/** No wait is longer than this, whatever the draw. */
function ceiling(backoff: Backoff): Millis {
  switch (backoff.kind) {
    case 'exponential':
    case 'linear':
      return backoff.maxMs
    case 'fixed':
      return backoff.delayMs * 3
    case 'table':
      return 3 * Math.max(0, ...backoff.delaysMs)
  }
}
