import { expect, test } from 'vitest'
import { verdictOf, type Answer } from '../../packages/browser/src/verdict.ts'

const now = Date.UTC(2026, 0, 1)

function judge(answer: Partial<Answer>): unknown {
  return verdictOf({ status: 200, contentType: null, retryAfter: null, ...answer }, now)
}

test.for([
  [{ status: 0 }, 'fault'],
  [{ status: 200 }, 'delivered'],
  [{ status: 204 }, 'delivered'],
  [{ status: 200, contentType: 'text/html; charset=utf-8' }, 'captive'],
  [{ status: 200, contentType: 'text/html', isGenuine: true }, 'delivered'],
  [{ status: 204, isGenuine: false }, 'captive'],
  [{ status: 302, isGenuine: false }, 'captive'],
  [{ status: 511 }, 'captive'],
  [{ status: 400 }, 'refused'],
  [{ status: 401 }, 'unauthorized'],
  [{ status: 403 }, 'unauthorized'],
  [{ status: 404 }, 'refused'],
  [{ status: 408 }, 'busy'],
  [{ status: 409 }, 'busy'],
  [{ status: 413 }, 'refused'],
  [{ status: 423 }, 'busy'],
  [{ status: 425 }, 'busy'],
  [{ status: 429 }, 'busy'],
  [{ status: 500 }, 'busy'],
  [{ status: 502, contentType: 'text/html' }, 'busy'],
] as const)('%o is %s', ([answer, kind]) => {
  expect(judge(answer)).toMatchObject({ kind })
})

test.for([
  ['7', 7_000],
  ['0', 0],
  [new Date(now + 9_000).toUTCString(), 9_000],
  [new Date(now - 9_000).toUTCString(), 0],
  ['99999999', 86_400_000],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
] as const)('Retry-After %s is %s ms', ([retryAfter, retryAfterMs]) => {
  expect(judge({ status: 429, retryAfter })).toEqual(
    retryAfterMs === undefined ? { kind: 'busy' } : { kind: 'busy', retryAfterMs },
  )
})
