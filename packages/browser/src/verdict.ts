import type { Millis } from '@millrace/core'

/** What one request told about the network, the server and the job. */
export type Verdict =
  /** The server took it. */
  | { readonly kind: 'delivered' }
  /** Nothing came back, or it broke off: the network's fault, never the job's. */
  | { readonly kind: 'fault' }
  /** Somebody else answered: a portal that wants a login first. */
  | { readonly kind: 'captive' }
  /** The server wants other credentials. */
  | { readonly kind: 'unauthorized' }
  /** The server cannot just now. */
  | { readonly kind: 'busy'; readonly retryAfterMs?: Millis }
  /** The server will never take it. */
  | { readonly kind: 'refused' }

/** An answer, as far as it is judged. */
export interface Answer {
  /** 0: there was none. */
  readonly status: number
  readonly contentType: string | null
  /** Seconds or an HTTP date. */
  readonly retryAfter: string | null
  /** It has what only the real server sends; for protocols that have no such thing, undefined. */
  readonly isGenuine?: boolean
}

// Clocks differ and servers err: nobody waits longer than this for one header.
const longestRetryAfterMs: Millis = 86_400_000

// 409, 423 and 460: the state of a resumable upload at the server was another one; asked again, it says which.
const passing: ReadonlySet<number> = new Set([408, 409, 423, 425, 429, 460])

/** `now` is in milliseconds since 1970, for a Retry-After that names a date. */
export function verdictOf(answer: Answer, now: Millis): Verdict {
  const { status } = answer
  if (status === 0) return { kind: 'fault' }
  if (status === 511 || isForeign(answer)) return { kind: 'captive' }
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  if (status === 401 || status === 403) return { kind: 'unauthorized' }
  if (status >= 500 || passing.has(status)) return { kind: 'busy', ...retryAfterOf(answer, now) }
  return { kind: 'refused' }
}

/** A portal answers 200 and a page of its own, whatever was asked. */
function isForeign({ status, contentType, isGenuine }: Answer): boolean {
  if (status < 200 || status >= 400) return false
  return isGenuine === undefined ? /^text\/html\b/i.test(contentType ?? '') : !isGenuine
}

function retryAfterOf({ retryAfter }: Answer, now: Millis): { readonly retryAfterMs?: Millis } {
  if (retryAfter === null || retryAfter.trim() === '') return {}
  const seconds = Number(retryAfter)
  const ms = Number.isNaN(seconds) ? Date.parse(retryAfter) - now : seconds * 1_000
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.min(longestRetryAfterMs, Math.max(0, ms)) }
}
