import type { ErrorCode } from '@millrace/core'
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

export function failed(error: ErrorValue, begun: boolean): Refused {
  return { ok: false, error, bucket: 'failure', begun }
}

export function crashed(error: ErrorValue): Refused {
  return { ok: false, error, bucket: 'crash', begun: true }
}

/** An error the pool reports itself. */
export function poolError(code: ErrorCode, message: string, cause?: ErrorValue): ErrorValue {
  return { name: 'MillraceError', message, code, ...(cause !== undefined && { cause }) }
}
