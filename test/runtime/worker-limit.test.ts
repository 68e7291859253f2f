import { defineJob } from '@millrace/runtime'
import { expect, test } from 'vitest'
import { gate, setup } from './setup.ts'

const job = defineJob<number>('job')

async function working(limit: number) {
  const { runtime, clock } = await setup()
  const ends = gate()
  let running = 0
  runtime.handle(job, async () => {
    running++
    await ends.promise
    running--
  })
  await runtime.enqueueMany(job, [1, 2, 3, 4, 5, 6, 7, 8])
  const worker = runtime.work({ concurrency: 4, limit, prefetch: 2, owner: 'tab:1' })
  await clock.advance(0)
  return { runtime, clock, worker, ends, running: () => running }
}

test('a worker whose limit is 0 claims nothing, and all it may once the limit rises', async () => {
  const { runtime, clock, worker, running } = await working(0)
  expect(running()).toBe(0)
  expect((await runtime.counts())[0]).toMatchObject({ processing: 0 })
  worker.limit(100)
  await clock.advance(0)
  expect(running()).toBe(4)
  expect((await runtime.counts())[0]).toMatchObject({ processing: 6 })
})

test('below its concurrency it runs as many as the limit, and prefetches none', async () => {
  const { runtime, clock, worker, running } = await working(1)
  expect(running()).toBe(1)
  expect((await runtime.counts())[0]).toMatchObject({ processing: 1 })
  worker.limit(3)
  await clock.advance(0)
  expect(running()).toBe(3)
})

test('what runs goes on when the limit falls to 0, what waits in line is given back', async () => {
  const { runtime, clock, worker, ends, running } = await working(4)
  worker.limit(0)
  await clock.advance(0)
  expect(running()).toBe(4)
  expect((await runtime.counts())[0]).toMatchObject({ processing: 4, enqueued: 4 })
  ends.resolve()
  await clock.advance(0)
  expect((await runtime.counts())[0]).toMatchObject({ processing: 0, enqueued: 4, completed: 4 })
})

test('a limit must be a whole number from 0', async () => {
  const { worker } = await working(0)
  expect(() => worker.limit(-1)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }))
})

test('the owner is the one that was given', async () => {
  const { worker } = await working(1)
  expect(worker.owner).toBe('tab:1')
})

test('with no time to drain, signals abort within the very call of stop', async () => {
  const { runtime, clock } = await setup()
  let isAborted = false
  runtime.handle(job, async (_, { signal }) => {
    await new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        isAborted = true
        reject(signal.reason as Error)
      }),
    )
  })
  const worker = runtime.work()
  await runtime.enqueue(job, 1)
  await clock.advance(0)
  const stopped = worker.stop({ drain: 0 })
  expect(isAborted).toBe(true)
  await clock.advance(0)
  expect(await stopped).toEqual({ abandoned: 0, unsettled: 0 })
})
