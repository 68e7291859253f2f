import { assert, errorCodes, MillraceError } from '@millrace/core'
import { describe, expect, it } from 'vitest'

describe('an error of millrace', () => {
  it('has a code, a sentence, and what else is known', () => {
    const cause = new Error('disk')
    const error = new MillraceError('STORE_FAILED', 'the device failed', {
      cause,
      outcome: 'unknown',
      jobId: 'a',
      retryAfterMs: 5,
    })
    expect(error).toBeInstanceOf(Error)
    expect([error.name, error.code, error.message, error.cause]).toEqual([
      'MillraceError',
      'STORE_FAILED',
      'the device failed',
      cause,
    ])
    expect([error.outcome, error.jobId, error.retryAfterMs]).toEqual(['unknown', 'a', 5])
  })

  it('has no cause when there was none', () => {
    expect('cause' in new MillraceError('CLOSED', 'closed')).toBe(false)
  })

  it('has a code that says what to do about it', () => {
    for (const [code, advice] of Object.entries(errorCodes)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
      expect(advice.length).toBeGreaterThan(10)
    }
  })
})

describe('an assertion', () => {
  it('lets pass what is true, and names what is not', () => {
    expect(() => assert(true, 'never')).not.toThrow()
    expect(() => assert(false, 'a slot is lost')).toThrow('millrace is wrong about itself: a slot is lost')
  })
})
