import type { ErrorValue } from './error-value.ts'

/** How a call ended. It always ends: a worker that dies or hangs ends it too. */
export type Outcome<T = unknown> = { readonly ok: true; readonly value: T } | Refused

export interface Refused {
  readonly ok: false
  readonly error: ErrorValue
  /**
   * `failure`: the handler threw, was aborted or ran out of time, or its answer cannot travel.
   * `crash`: its worker died under it.
   */
  readonly bucket: 'failure' | 'crash'
  /** False if no handler was ever called: the pool was closed, or its workers do not start. */
  readonly begun: boolean
}

/** Codes of the errors a pool reports itself; all others are the handlers' own. */
export const poolCodes = {
  /** The worker died while it ran the handler: uncaught error, process.exit, out of memory, terminated. */
  crashed: 'WORKER_CRASHED',
  /** No worker of the pool starts: script missing, syntax error, no handshake in time. */
  notStarted: 'WORKER_NOT_STARTED',
  /** The call ran longer than its timeout. */
  timeout: 'ATTEMPT_TIMEOUT',
  /** The caller's signal aborted. */
  aborted: 'ABORTED',
  /** The pool was closed. */
  closed: 'CLOSED',
  /** The worker serves no job of that name. */
  unknown: 'UNKNOWN_JOB',
} as const

export function failed(error: ErrorValue, begun: boolean): Refused {
  return { ok: false, error, bucket: 'failure', begun }
}

export function crashed(error: ErrorValue): Refused {
  return { ok: false, error, bucket: 'crash', begun: true }
}

export function poolError(code: string, message: string, cause?: ErrorValue): ErrorValue {
  return { name: 'PoolError', message, code, ...(cause !== undefined && { cause }) }
}
