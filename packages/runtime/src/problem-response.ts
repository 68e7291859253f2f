import { MillraceError, type ErrorCode } from '@millrace/core'

/** What a refusal means to a client over HTTP; all others are the server's trouble. */
const statuses: Partial<Readonly<Record<ErrorCode, number>>> = {
  BAD_ARGUMENT: 400,
  JOB_NOT_FOUND: 404,
  RESULT_TIMEOUT: 504,
  UNIQUE_CONFLICT: 409,
  IDEMPOTENCY_CONFLICT: 409,
  ILLEGAL_MOVE: 409,
  JOB_CANCELLED: 410,
  JOB_EXPIRED: 410,
  PAYLOAD_TOO_LARGE: 413,
  PAYLOAD_INVALID: 422,
  FLOW_INVALID: 422,
  SCHEDULE_INVALID: 422,
  NOT_SUPPORTED: 501,
  QUEUE_FULL: 503,
  CLOSED: 503,
  STORE_FULL: 507,
}

/**
 * An error as an answer to an HTTP request, in the form of RFC 9457: a full queue is 503 with `Retry-After` in seconds, what the caller
 * can mend is 4xx with its message, and of all others nothing is told but that there was one.
 *
 * @example
 * try { await runtime.enqueue(resize, await request.json()) } catch (error) { return toResponse(error) }
 */
export function toResponse(error: unknown): Response {
  const known = error instanceof MillraceError ? error : undefined
  const status = (known && statuses[known.code]) ?? 500
  const isOpen = known !== undefined && statuses[known.code] !== undefined
  const body = {
    type: 'about:blank',
    title: isOpen ? known.code : 'INTERNAL_ERROR',
    status,
    ...(isOpen && { detail: known.message, code: known.code }),
  }
  const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
  return new Response(JSON.stringify(body), { status, headers: { ...headers, ...retryAfter(known) } })
}

/** Rounded up, and never 0: who comes back too early is refused again. */
function retryAfter(error: MillraceError | undefined): Readonly<Record<string, string>> {
  if (error?.retryAfterMs === undefined) return {}
  return { 'retry-after': String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))) }
}
