import type { Answer, Verdict } from './verdict.ts'
import { verdictOf } from './verdict.ts'

/** A request that did not do what it was for, and what that tells. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed'
  readonly verdict: Verdict
  readonly status: number

  constructor(what: string, answer: Answer, options?: ErrorOptions) {
    super(`${what}: ${told(answer)}`, options)
    this.verdict = verdictOf(answer, Date.now())
    this.status = answer.status
  }
}

export const noAnswer: Answer = { status: 0, contentType: null, retryAfter: null }

function told({ status, isGenuine }: Answer): string {
  if (status === 0) return 'no answer'
  return isGenuine === false ? `${status}, but not from the server` : `the server answered ${status}`
}
