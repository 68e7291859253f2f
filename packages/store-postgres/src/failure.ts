import { MillraceError } from '@millrace/core'
import { withAdvice } from './advice.ts'
import { staleCode } from './writes/write-queues.ts'

/**
 * What a failed flight means. `conflict`: another transaction was faster, so decide again; `busy`: a lock was not to be had in time;
 * `lost`: the connection is gone, and with it the answer; `refused`: the server said no and did nothing.
 */
export type FailureKind = 'conflict' | 'busy' | 'lost' | 'refused'

const conflicts: ReadonlySet<string> = new Set([
  staleCode,
  // serialization failure, deadlock, unique violation
  '40001',
  '40P01',
  '23505',
])

// The server shuts down, crashed, or is not up yet; an idle transaction was ended; connection exceptions.
const losses = /^(57P0[1-5]|25P03|08\d\d\d)$/

export function failureKind(error: unknown): FailureKind {
  if (isOwnFault(error)) return 'refused'
  const code = codeOf(error)
  if (conflicts.has(code)) return 'conflict'
  if (code === '55P03') return 'busy'
  return isSqlState(code) && !losses.test(code) ? 'refused' : 'lost'
}

/** A mistake in this program is not mended by another connection. */
function isOwnFault(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof MillraceError ||
    (error instanceof Error && error.message.startsWith('millrace is wrong'))
  )
}

/** Errors of PostgreSQL have five characters, and never an E first, as those of the system have: one of these is EPIPE. */
function isSqlState(code: string): boolean {
  return /^(?!E)[0-9A-Z]{5}$/.test(code)
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

/** What the caller of a command is told of a failure of the database. */
export function asStoreError(error: unknown, outcome: 'no' | 'unknown'): MillraceError {
  if (error instanceof MillraceError) return error
  const message = withAdvice(error)
  // disk full, out of memory, too many connections
  if (codeOf(error) === '53100')
    return new MillraceError('STORE_FULL', `PostgreSQL has no space left: ${message}`, {
      cause: error,
      outcome: 'no',
    })
  const stored =
    outcome === 'no' ? 'nothing was stored' : 'the change may be stored; ask for the job by its id'
  return new MillraceError('STORE_FAILED', `PostgreSQL failed: ${message}; ${stored}`, {
    cause: error,
    outcome,
  })
}
