import { expect, it } from 'vitest'
import { failureKind } from '../../packages/store-postgres/src/failure.ts'

const withCode = (code: string): Error => Object.assign(new Error('failed'), { code })

it.each(['EPIPE', 'ECONNRESET', 'ETIMEDOUT', '57P01', '08006'])(
  '%s says that the connection is gone',
  (code) => {
    expect(failureKind(withCode(code))).toBe('lost')
  },
)

it.each(['42P01', '53100', '22021', 'XX000', 'P0001'])('%s says that the server refused', (code) => {
  expect(failureKind(withCode(code))).toBe('refused')
})
