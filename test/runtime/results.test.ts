import { defineJob, NonRetryable } from '@millrace/runtime'
import { NaiveRows, naiveStore } from '@millrace/store-spec'
import { expect, test } from 'vitest'
import { setup, shared } from './setup.ts'

const job = defineJob<number, { doubled: number }>('job', { retry: { maxFailures: 2 } })

test('result waits for what the handler returned', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, (n) => ({ doubled: n * 2 }))
  const { id } = await runtime.enqueue(job, 21)
  const result = runtime.result(id)
  runtime.work()
  await clock.advance(0)
  expect(await result).toEqual({ doubled: 42 })
})

test('the result of a job that ended before is there at once', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, (n) => ({ doubled: n * 2 }))
  runtime.work()
  const { id } = await runtime.enqueue(job, 21)
  await clock.advance(0)
  expect(await runtime.result(id)).toEqual({ doubled: 42 })
})

test('several may wait for the same job', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, (n) => ({ doubled: n * 2 }))
  const { id } = await runtime.enqueue(job, 1)
  const results = [runtime.result(id), runtime.result(id), runtime.result(id, { timeout: '1m' })]
  runtime.work()
  await clock.advance(0)
  expect(await Promise.all(results)).toEqual([{ doubled: 2 }, { doubled: 2 }, { doubled: 2 }])
})

test('a dead job rejects with JOB_DEAD, its reason and its last error', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, () => {
    throw new NonRetryable('no such photo')
  })
  runtime.work()
  const { id } = await runtime.enqueue(job, 1)
  const result = runtime.result(id)
  result.catch(() => {})
  await clock.advance(0)
  await expect(result).rejects.toMatchObject({
    code: 'JOB_DEAD',
    jobId: id,
    cause: { message: 'no such photo' },
  })
  await expect(result).rejects.toThrow(/nonRetryable.*no such photo/)
})

test('a cancelled job rejects with JOB_CANCELLED and the reason', async () => {
  const { runtime } = await setup()
  const { id } = await runtime.enqueue(job, 1)
  const result = runtime.result(id)
  result.catch(() => {})
  await runtime.cancel(id, { reason: 'changed my mind' })
  await expect(result).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
  await expect(result).rejects.toThrow(/changed my mind/)
})

test('a job that was not started in time rejects with JOB_EXPIRED', async () => {
  const { runtime, clock } = await setup()
  const { id } = await runtime.enqueue(job, 1, { deadline: '1s' })
  const result = runtime.result(id)
  result.catch(() => {})
  await clock.advance(1_001)
  await expect(result).rejects.toMatchObject({ code: 'JOB_EXPIRED' })
})

test('an unknown job rejects with JOB_NOT_FOUND', async () => {
  const { runtime } = await setup()
  await expect(runtime.result('nobody')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
})

test('waiting too long rejects with RESULT_TIMEOUT; the job goes on and can be asked for again', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(job, (n) => ({ doubled: n * 2 }))
  const { id } = await runtime.enqueue(job, 1, { delay: '1h' })
  const result = runtime.result(id, { timeout: '1m' })
  result.catch(() => {})
  await clock.advance(59_999)
  expect(store.subscriptions.events).toBe(1)
  await clock.advance(1)
  await expect(result).rejects.toMatchObject({ code: 'RESULT_TIMEOUT' })
  expect(store.subscriptions.events).toBe(0)
  runtime.work()
  await clock.advance(3_600_000)
  expect(await runtime.result(id)).toEqual({ doubled: 2 })
})

test('a result made in another process arrives on a shared store', async () => {
  const rows = new NaiveRows()
  const here = await setup({ store: shared(naiveStore(rows)) })
  const there = await setup({ store: shared(naiveStore(rows)), clock: here.clock })
  there.runtime.handle(job, (n) => ({ doubled: n * 2 }))
  const { id } = await here.runtime.enqueue(job, 4)
  const result = here.runtime.result(id)
  await here.clock.advance(0)
  there.runtime.work()
  await here.clock.advance(2_000)
  expect(await result).toEqual({ doubled: 8 })
})

test('the store is asked to tell events only while somebody waits', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(job, (n) => ({ doubled: n }))
  runtime.work()
  const { id } = await runtime.enqueue(job, 1, { delay: '1s' })
  expect(store.subscriptions.events).toBe(0)
  const result = runtime.result(id)
  expect(store.subscriptions.events).toBe(1)
  await clock.advance(1_000)
  await result
  expect(store.subscriptions.events).toBe(0)
})

test('a failing store is told to whoever waits', async () => {
  const { runtime, store } = await setup()
  const { id } = await runtime.enqueue(job, 1)
  store.fail('findJob', new Error('gone'))
  await expect(runtime.result(id)).rejects.toThrow('gone')
})
