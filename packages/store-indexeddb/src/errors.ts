import { MillraceError } from '@millrace/core'

/** The database cannot hold a store here; nothing was changed. */
export function unusable(name: string, why: string, cause?: unknown): MillraceError {
  return new MillraceError('STORE_UNUSABLE', `database ${name}: ${why}`, { cause, outcome: 'no' })
}

export function newerVersion(name: string, cause?: unknown): MillraceError {
  return new MillraceError(
    'STORE_VERSION',
    `database ${name}: written by a newer millrace. Reload the page to get the newer code; nothing was changed`,
    { cause, outcome: 'no' },
  )
}

export function full(name: string, cause?: unknown): MillraceError {
  return new MillraceError(
    'STORE_FULL',
    `database ${name}: the browser grants no more space, so this was certainly not stored. ` +
      'Free space on the device or ask for persistent storage; what is queued goes on draining',
    { cause, outcome: 'no' },
  )
}

export function failed(name: string, cause: unknown, outcome: 'no' | 'unknown'): MillraceError {
  const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const next =
    outcome === 'unknown'
      ? 'It may or may not be stored: retry with the same job id'
      : 'Nothing was stored; try again'
  return new MillraceError('STORE_FAILED', `database ${name} failed (${said}). ${next}`, { cause, outcome })
}

export function textGone(name: string): MillraceError {
  return new MillraceError(
    'PAYLOAD_UNREADABLE',
    `database ${name}: a payload or result was deleted from it. Redrive the job with a new payload, or discard it`,
  )
}

export function closed(name: string): MillraceError {
  return new MillraceError('CLOSED', `database ${name}: the store was closed`, { outcome: 'no' })
}

/** Browsers differ in the class of this error, not in its name. */
export function isOutOfSpace(error: unknown): boolean {
  return nameOf(error) === 'QuotaExceededError'
}

export function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : ''
}
