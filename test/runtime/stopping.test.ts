import { MillraceError } from '@millrace/core'
import { createRuntime, defineJob } from '@millrace/runtime'
import { expect, test } from 'vitest'
import { ended, gate, memory, setup } from './setup.ts'

const job = defineJob<number, string>('job')

test('a worker that stops lets running handlers end and claims nothing more', async () => {
  const { runtime, clock } = await setup()
  const { promise, resolve } = gate<string>()
  runtime.handle(job, () => promise)
  const worker = runtime.work({ concurrency: 1 })
  const [first, second] = await runtime.enqueueMany(job, [1, 2])
  await clock.advance(0)
  const stopped = worker.stop({ drain: '10s' })
  await clock.advance(5_000)
  resolve('done')
  await clock.advance(0)
  expect(await stopped).toEqual({ abandoned: 0, unsettled: 0 })
  expect(await runtime.job(first!.id)).toMatchObject({ state: 'completed' })
  expect(await runtime.job(second!.id)).toMatchObject({ state: 'enqueued', attempt: 0 })
})

test('after the drain time signals abort, and what breaks off is given back unharmed', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, (_, { signal }) => {
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    )
  })
  const worker = runtime.work()
  const { id } = await runtime.enqueue(job, 1)
  await clock.advance(0)
  const stopped = worker.stop({ drain: '10s' })
  await clock.advance(9_999)
  expect(await runtime.job(id)).toMatchObject({ state: 'processing' })
  await clock.advance(1)
  expect(await stopped).toEqual({ abandoned: 0, unsettled: 0 })
  expect(await runtime.job(id)).toMatchObject({ state: 'enqueued', failures: 0, crashes: 0 })
})

test('a handler that heeds nothing does not keep the worker from stopping; its job is given back', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, () => gate<string>().promise)
  const worker = runtime.work({ grace: '5s' })
  const { id } = await runtime.enqueue(job, 1)
  await clock.advance(0)
  const stopped = worker.stop({ drain: '1s' })
  await clock.advance(6_000)
  expect(await stopped).toEqual({ abandoned: 1, unsettled: 0 })
  expect(await runtime.job(id)).toMatchObject({ state: 'enqueued', failures: 0, crashes: 0 })
})

test('prefetched jobs are given back at once', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, () => gate<string>().promise)
  const worker = runtime.work({ concurrency: 1, prefetch: 2 })
  await runtime.enqueueMany(job, [1, 2, 3])
  await clock.advance(0)
  void worker.stop()
  await clock.advance(0)
  expect(await runtime.counts()).toMatchObject([{ processing: 1, enqueued: 2 }])
})

test('a claim that is answered after the stop is given back', async () => {
  const { runtime, clock, store } = await setup()
  let runs = 0
  runtime.handle(job, () => {
    runs++
    return ''
  })
  const { id } = await runtime.enqueue(job, 1)
  const release = store.hold('claim')
  const worker = runtime.work()
  await clock.advance(0)
  const stopped = worker.stop()
  await clock.advance(100)
  release()
  await clock.advance(0)
  await stopped
  expect(runs).toBe(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'enqueued', crashes: 0 })
})

test('a store that never answers does not keep the worker from stopping', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(job, () => 'done')
  const worker = runtime.work()
  store.hold('settle')
  await runtime.enqueue(job, 1)
  await clock.advance(0)
  const report = await ended(clock, worker.stop())
  expect(report).toMatchObject({ abandoned: 0 })
})

test('results that the store would not take are counted, and their jobs run again later', async () => {
  const { runtime, clock, store } = await setup()
  store.fail('settle', new MillraceError('STORE_FAILED', 'gone'), { times: Infinity })
  runtime.handle(job, () => 'done')
  const worker = runtime.work()
  await runtime.enqueue(job, 1)
  await clock.advance(0)
  expect(await ended(clock, worker.stop())).toEqual({ abandoned: 0, unsettled: 1 })
})

test('stop is safe twice, and while nothing runs', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, () => 'done')
  const worker = runtime.work()
  const [first, second] = await ended(clock, Promise.all([worker.stop(), worker.stop({ drain: 0 })]))
  expect(first).toBe(second)
  await worker.stop()
})

test('another worker goes on when one stops', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, () => 'done')
  const worker = runtime.work()
  runtime.work()
  await worker.stop()
  const { id } = await runtime.enqueue(job, 1)
  await clock.advance(0)
  expect((await runtime.job(id))?.state).toBe('completed')
})

test('a closed runtime leaves nothing behind: no timer, no subscription', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(job, () => gate<string>().promise)
  runtime.on('completed', () => {})
  runtime.work({ pollInterval: '1s' })
  runtime.work()
  const { id } = await runtime.enqueue(job, 1)
  await runtime.enqueue(job, 1, { delay: '1h' })
  await clock.advance(0)
  const results = [runtime.result(id), runtime.result(id, { timeout: '1h' }), runtime.drain()]
  for (const result of results) result.catch(() => {})
  await ended(clock, runtime.close({ drain: 0 }))
  expect(clock.timers).toBe(0)
  expect(store.subscriptions).toEqual({ events: 0, wake: 0 })
  for (const result of results) await expect(result).rejects.toMatchObject({ code: 'CLOSED' })
})

test('close is safe twice and unstarted', async () => {
  const { runtime } = await setup()
  await runtime.close()
  await runtime.close()
})

test('await using closes', async () => {
  const store = await memory()
  {
    await using runtime = await createRuntime({ store })
    await runtime.enqueue(job, 1)
  }
  expect(store.subscriptions).toEqual({ events: 0, wake: 0 })
})

test.each([
  'enqueue',
  'enqueueMany',
  'job',
  'jobs',
  'counts',
  'result',
  'drain',
  'work',
  'cancel',
  'pause',
] as const)('%s after close says CLOSED', async (name) => {
  const { runtime } = await setup()
  await runtime.close()
  const calls = {
    enqueue: async () => await runtime.enqueue(job, 1),
    enqueueMany: async () => await runtime.enqueueMany(job, [1]),
    job: async () => await runtime.job('x'),
    jobs: async () => await runtime.jobs(),
    counts: async () => await runtime.counts(),
    result: async () => await runtime.result('x'),
    drain: async () => await runtime.drain(),
    work: async () => runtime.work(),
    cancel: async () => await runtime.cancel('x'),
    pause: async () => await runtime.pause('x'),
  }
  await expect(calls[name]()).rejects.toMatchObject({ code: 'CLOSED' })
})

test('what was enqueued in the tick of the close is stored', async () => {
  const { runtime } = await setup()
  const enqueued = runtime.enqueue(job, 1)
  await runtime.close()
  expect(await enqueued).toMatchObject({ outcome: 'enqueued' })
})
