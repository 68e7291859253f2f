import { defineJob } from '@millrace/runtime'
import { expect, test } from 'vitest'
import { gate, setup } from './setup.ts'

const job = defineJob<number, string>('job', { retry: { maxFailures: 3 } })

test('drain resolves when nothing unfinished is left, retries included', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, (_, { attempt }) => {
    if (attempt === 1) throw new Error('once')
    return 'done'
  })
  runtime.work()
  await runtime.enqueueMany(job, [1, 2, 3])
  let isDrained = false
  const drained = runtime.drain().then(() => (isDrained = true))
  await clock.advance(900)
  expect(isDrained).toBe(false)
  await clock.advance(1_000)
  await drained
  expect(await runtime.counts()).toMatchObject([{ completed: 3 }])
})

test('an empty store is drained at once', async () => {
  const { runtime } = await setup()
  await runtime.drain()
})

test('dead letters are finished', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, () => {
    throw new Error('always')
  })
  runtime.work()
  await runtime.enqueue(job, 1)
  const drained = runtime.drain()
  await clock.advance(60_000)
  await drained
})

test('out of time it says what is left, and where', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, () => gate<string>().promise)
  runtime.work({ concurrency: 1 })
  await runtime.enqueueMany(job, [1, 2])
  await runtime.enqueue(job, 3, { delay: '1h' })
  const drained = runtime.drain({ timeout: '10s' })
  drained.catch(() => {})
  await clock.advance(10_000)
  await expect(drained).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT' })
  await expect(drained).rejects.toThrow('default: 1 scheduled, 1 enqueued, 1 processing')
})

test('a drained store is noticed without waiting for the next look', async () => {
  const { runtime, clock } = await setup()
  const { promise, resolve } = gate<string>()
  runtime.handle(job, () => promise)
  runtime.work()
  await runtime.enqueue(job, 1)
  const drained = runtime.drain()
  await clock.advance(500)
  resolve('done')
  await clock.advance(0)
  await drained
})

test("jobs that end without this runtime's doing are noticed within a second", async () => {
  const { runtime, clock } = await setup()
  const { id } = await runtime.enqueue(job, 1)
  const drained = runtime.drain()
  await clock.advance(0)
  await runtime.cancel(id)
  await clock.advance(1_000)
  await drained
})

test('several may wait, each with its own time', async () => {
  const { runtime, clock } = await setup()
  await runtime.enqueue(job, 1, { delay: '10s' })
  runtime.handle(job, () => 'done')
  runtime.work()
  const short = runtime.drain({ timeout: '5s' })
  const long = runtime.drain({ timeout: '1m' })
  short.catch(() => {})
  await clock.advance(20_000)
  await expect(short).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT' })
  await long
})
