import { defineJob, errorCodes, MillraceError, toResponse, type ErrorCode } from 'millrace'
import { expect, test } from 'vitest'
import { setup } from './setup.ts'

test('a full queue is 503, with the seconds to wait rounded up', async () => {
  const { runtime } = await setup({ queues: { default: { maxJobs: 1 } } })
  const job = defineJob<number>('job')
  await runtime.enqueue(job, 1)
  const response = await runtime.enqueue(job, 2).then(() => undefined, toResponse)
  expect(response?.status).toBe(503)
  expect(response?.headers.get('content-type')).toBe('application/problem+json')
  expect(Number(response?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect(await response?.json()).toMatchObject({ status: 503, title: 'QUEUE_FULL', code: 'QUEUE_FULL' })
})

test.each([
  [1, '1'],
  [0, '1'],
  [1_000, '1'],
  [1_001, '2'],
  [59_999, '60'],
])('%d ms are %s s', (retryAfterMs, seconds) => {
  const response = toResponse(new MillraceError('QUEUE_FULL', 'full', { retryAfterMs }))
  expect(response.headers.get('retry-after')).toBe(seconds)
})

test('what the caller can mend is 4xx and says so; of all else nothing is told', async () => {
  const status = (code: ErrorCode): number => toResponse(new MillraceError(code, 'why')).status
  expect(
    ['BAD_ARGUMENT', 'JOB_NOT_FOUND', 'IDEMPOTENCY_CONFLICT', 'PAYLOAD_TOO_LARGE'].map((code) =>
      status(code as ErrorCode),
    ),
  ).toEqual([400, 404, 409, 413])
  for (const code of Object.keys(errorCodes) as ErrorCode[]) expect(status(code)).toBeGreaterThanOrEqual(400)
  for (const error of [
    new MillraceError('STORE_FAILED', 'the password is 1234'),
    new Error('1234'),
    'x',
    undefined,
  ]) {
    const response = toResponse(error)
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('{"type":"about:blank","title":"INTERNAL_ERROR","status":500}')
  }
})
