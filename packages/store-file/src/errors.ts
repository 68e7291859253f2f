import { MillraceError } from '@millrace/core'
import { errorCodeOf } from './directory.ts'

/** The directory cannot hold a store; nothing in it was changed. */
export function unusable(path: string, why: string, cause?: unknown): MillraceError {
  return new MillraceError('STORE_UNUSABLE', `${path}: ${why}`, { cause, outcome: 'no' })
}

/** The operating system refused the directory, or something in it. */
export function refused(path: string, cause: Error): MillraceError {
  return unusable(path, `cannot be used as a store (${cause.message}); choose a directory of your own`, cause)
}

const refusals = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'EISDIR', 'ENOTDIR', 'ELOOP'])

/** What stopped a store from being opened: a refusal of ours, one of the operating system, or a fault of the device. */
export function notOpened(path: string, cause: unknown): MillraceError {
  if (cause instanceof MillraceError) return cause
  return refusals.has(errorCodeOf(cause)) ? refused(path, cause as Error) : failed(path, cause, 'no')
}

export function owned(path: string, by: string): MillraceError {
  return new MillraceError(
    'STORE_OWNED',
    `${path}: ${by} owns this store. Close it there, enqueue through submitJobs(), or use another directory`,
    { outcome: 'no' },
  )
}

/** Another process took the store over, or removed it, while it was in use here. */
export function takenOver(path: string, outcome: 'no' | 'unknown'): MillraceError {
  return new MillraceError(
    'STORE_OWNED',
    `${path}: another process has taken this store over, or its directory is gone; nothing more is stored from here. Open it again`,
    { outcome },
  )
}

export interface Damage {
  readonly file: string
  readonly offset: number
  readonly firstSeq: number
  /** Unknown when what ends the damage is itself missing. */
  readonly lastSeq: number | undefined
  readonly what: string
}

export function corrupt(path: string, { file, offset, firstSeq, lastSeq, what }: Damage): MillraceError {
  const range = lastSeq === undefined ? `from ${firstSeq} on` : `${firstSeq} to ${lastSeq}`
  return new MillraceError(
    'STORE_CORRUPT',
    `${path}: acknowledged data is damaged: ${file} at byte ${offset}, changes ${range}: ${what}. ` +
      'Nothing was changed. Run `millrace verify`, then `millrace salvage`, on the directory',
    { outcome: 'no' },
  )
}

export function rotten(path: string, file: string, offset: number): MillraceError {
  return new MillraceError(
    'PAYLOAD_UNREADABLE',
    `${path}: a stored text is damaged: ${file} at byte ${offset}. Whatever does not need it goes on. ` +
      'Redrive the job with a new payload or discard it, and look after the disk',
  )
}

export function newerVersion(path: string, what: string): MillraceError {
  return new MillraceError(
    'STORE_VERSION',
    `${path}: written by a newer millrace (${what}). Update millrace; nothing was changed`,
    { outcome: 'no' },
  )
}

export function full(path: string, cause: unknown): MillraceError {
  return new MillraceError(
    'STORE_FULL',
    `${path}: no space is left, so this was certainly not stored. Free space; what is queued goes on draining`,
    { cause, outcome: 'no' },
  )
}

export function failed(path: string, cause: unknown, outcome: 'no' | 'unknown'): MillraceError {
  const said = cause instanceof Error ? cause.message : String(cause)
  const next =
    outcome === 'unknown'
      ? 'It may or may not be stored: retry with the same job id'
      : 'Nothing was stored. Look at the cause, then open the store again'
  return new MillraceError('STORE_FAILED', `${path}: the device failed (${said}). ${next}`, {
    cause,
    outcome,
  })
}

export function closed(path: string): MillraceError {
  return new MillraceError('CLOSED', `${path}: the store was closed`, { outcome: 'no' })
}
