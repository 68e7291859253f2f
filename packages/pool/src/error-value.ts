import { errorCodes, MillraceError, type ErrorCode, type ErrorDetails } from '@millrace/core'

/** An error as it travels between threads: data, never a live object. */
export interface ErrorValue {
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly code?: string
  readonly cause?: unknown
  /** What a MillraceError says beside its message. */
  readonly details?: ErrorDetails
}

// Causes may form a cycle.
const deepestCause = 8

/** Anything may be thrown, and nothing in it can break its reporter. */
export function errorValue(thrown: unknown, depth = 0): ErrorValue {
  const { stack, code, cause } = {
    stack: textOf(thrown, 'stack'),
    code: textOf(thrown, 'code'),
    cause: fieldOf(thrown, 'cause'),
  }
  const details = thrown instanceof MillraceError ? detailsOf(thrown) : undefined
  return {
    name: textOf(thrown, 'name') ?? 'Error',
    message: textOf(thrown, 'message') ?? printed(thrown),
    ...(stack !== undefined && { stack }),
    ...(code !== undefined && { code }),
    ...(cause !== undefined && depth < deepestCause && { cause: causeValue(cause, depth + 1) }),
    ...(details !== undefined && { details }),
  }
}

/** The error again, to be thrown on this side. */
export function errorOf(value: ErrorValue): Error {
  const { name, stack, code } = value
  const error = isOurs(value) ? ourError(value) : new Error(value.message, causeOf(value))
  const fields = { name, ...(stack !== undefined && { stack }), ...(code !== undefined && { code }) }
  for (const [field, content] of Object.entries(fields))
    Object.defineProperty(error, field, { value: content, configurable: true, writable: true })
  return error
}

/** Of a code that only a newer version has, it is an error like any other. */
function isOurs({ name, code }: ErrorValue): boolean {
  return name === 'MillraceError' && code !== undefined && Object.hasOwn(errorCodes, code)
}

function ourError(value: ErrorValue): MillraceError {
  return new MillraceError(value.code as ErrorCode, value.message, { ...value.details, ...causeOf(value) })
}

function causeOf({ cause }: ErrorValue): { readonly cause: unknown } | undefined {
  return cause === undefined ? undefined : { cause: revived(cause) }
}

function detailsOf({ retryAfterMs, outcome, jobId }: MillraceError): ErrorDetails {
  return {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(outcome !== undefined && { outcome }),
    ...(jobId !== undefined && { jobId }),
  }
}

function causeValue(cause: unknown, depth: number): unknown {
  if (typeof cause === 'object' && cause !== null) return errorValue(cause, depth)
  return typeof cause === 'function' || typeof cause === 'symbol' ? String(cause) : cause
}

function revived(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null ? errorOf(cause as ErrorValue) : cause
}

function fieldOf(thrown: unknown, field: string): unknown {
  try {
    return (thrown as Record<string, unknown> | null | undefined)?.[field]
  } catch {
    return undefined
  }
}

function textOf(thrown: unknown, field: string): string | undefined {
  const value = fieldOf(thrown, field)
  return typeof value === 'string' ? value : undefined
}

function printed(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'a value that cannot be printed'
  }
}
