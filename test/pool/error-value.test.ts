import { MillraceError } from '@millrace/core'
import { errorOf } from '@millrace/pool'
import { expect, test } from 'vitest'
import { errorValue } from '../../packages/pool/src/error-value.ts'

const travelled = (error: unknown): Error => errorOf(structuredClone(errorValue(error)))

test('a MillraceError is one on the other side too, with all it says', () => {
  const error = new MillraceError('QUEUE_FULL', 'no room', {
    retryAfterMs: 250,
    outcome: 'no',
    jobId: 'a',
    cause: new RangeError('too many'),
  })
  const there = travelled(error) as MillraceError
  expect(there).toBeInstanceOf(MillraceError)
  const { code, message, retryAfterMs, outcome, jobId, cause, stack } = there
  expect({ code, message, retryAfterMs, outcome, jobId, stack }).toEqual({
    code: 'QUEUE_FULL',
    message: 'no room',
    retryAfterMs: 250,
    outcome: 'no',
    jobId: 'a',
    stack: error.stack,
  })
  expect(cause).toMatchObject({ name: 'RangeError', message: 'too many' })
})

test('one of a code that only a newer version has is an error like any other', () => {
  const there = errorOf({ name: 'MillraceError', message: 'news', code: 'FROM_TOMORROW' })
  expect(there).not.toBeInstanceOf(MillraceError)
  expect(there).toMatchObject({ name: 'MillraceError', code: 'FROM_TOMORROW' })
})

test('whatever is thrown becomes an error that can travel', () => {
  const hostile = {
    get message(): string {
      throw new Error('not for you')
    },
    toString(): string {
      throw new Error('nor this')
    },
  }
  const cyclic = new Error('round')
  cyclic.cause = cyclic
  for (const thrown of [undefined, null, 'text', 7, Symbol('s'), () => 1, hostile, cyclic])
    expect(travelled(thrown)).toBeInstanceOf(Error)
})
