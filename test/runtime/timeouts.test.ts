import { defineJob } from '@millrace/runtime'
import { expect, test } from 'vitest'
import { gate, setup } from './setup.ts'

const bounded = defineJob<number, string>('bounded', { timeout: '2m', retry: { maxFailures: 1 } })

test('an attempt that runs too long gets its signal, and fails with ATTEMPT_TIMEOUT', async () => {
  const { runtime, clock } = await setup()
  let reason: unknown
  runtime.handle(bounded, (_, { signal }) => {
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        reason = signal.reason
        reject(new Error('whatever it says'))
      }),
    )
  })
  runtime.work()
  const { id } = await runtime.enqueue(bounded, 1)
  await clock.advance(119_999)
  expect(reason).toBeUndefined()
  await clock.advance(1)
  expect(reason).toMatchObject({ code: 'ATTEMPT_TIMEOUT' })
  expect(await runtime.job(id)).toMatchObject({
    state: 'dead',
    failures: 1,
    error: { code: 'ATTEMPT_TIMEOUT' },
  })
})

test('a handler that never ends is counted as failed after its grace, and its slot goes to another', async () => {
  const { runtime, clock } = await setup()
  const begun: number[] = []
  const abandoned: string[] = []
  runtime.on('abandoned', ({ job }) => abandoned.push(job.id))
  runtime.handle(bounded, (index) => {
    begun.push(index)
    return gate<string>().promise
  })
  runtime.work({ concurrency: 1, grace: '5s' })
  const [first] = await runtime.enqueueMany(bounded, [0, 1])
  await clock.advance(124_999)
  expect(await runtime.job(first!.id)).toMatchObject({ state: 'processing' })
  expect(begun).toEqual([0])
  await clock.advance(1)
  expect(await runtime.job(first!.id)).toMatchObject({ state: 'dead', error: { code: 'ATTEMPT_TIMEOUT' } })
  expect(begun).toEqual([0, 1])
  expect(abandoned).toEqual([first!.id])
})

test('what an abandoned handler says in the end changes nothing', async () => {
  const { runtime, clock } = await setup()
  const gates = [gate<string>(), gate<string>()]
  runtime.handle(bounded, (index) => gates[index]!.promise)
  runtime.work({ concurrency: 1 })
  const [first, second] = await runtime.enqueueMany(bounded, [0, 1])
  await clock.advance(130_000)
  gates[0]!.resolve('too late')
  await clock.advance(0)
  expect(await runtime.job(first!.id)).toMatchObject({ state: 'dead', result: undefined })
  gates[1]!.resolve('in time')
  await clock.advance(0)
  expect(await runtime.job(second!.id)).toMatchObject({ state: 'completed', result: 'in time' })
  expect(runtime.metrics().running).toBe(0)
})

test('a handler that ends well within its grace has done its work', async () => {
  const { runtime, clock } = await setup()
  const { promise, resolve } = gate<string>()
  runtime.handle(bounded, () => promise)
  runtime.work()
  const { id } = await runtime.enqueue(bounded, 1)
  await clock.advance(121_000)
  resolve('just made it')
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', result: 'just made it' })
})

test('one timer serves the timeouts of all attempts', async () => {
  const { runtime, clock } = await setup()
  const short = defineJob<number, string>('short', { timeout: '1s', retry: { maxFailures: 1 } })
  runtime.handle(bounded, () => gate<string>().promise)
  runtime.handle(short, () => gate<string>().promise)
  runtime.work({ concurrency: 100, grace: 0 })
  await runtime.enqueueMany(
    bounded,
    Array.from({ length: 50 }, (_, index) => index),
  )
  await clock.advance(0)
  const timers = clock.timers
  await runtime.enqueueMany(
    short,
    Array.from({ length: 50 }, (_, index) => index),
  )
  await clock.advance(0)
  expect(clock.timers).toBe(timers)
  await clock.advance(1_000)
  expect(await runtime.counts()).toMatchObject([{ dead: 50, processing: 50 }])
  await clock.advance(120_000)
  expect(await runtime.counts()).toMatchObject([{ dead: 100, processing: 0 }])
})

test('a long timeout that begins later does not put off a short one', async () => {
  const { runtime, clock } = await setup()
  const short = defineJob<number, string>('short', { timeout: '1s', retry: { maxFailures: 1 } })
  runtime.handle(bounded, () => gate<string>().promise)
  runtime.handle(short, () => gate<string>().promise)
  runtime.work({ grace: 0 })
  const { id } = await runtime.enqueue(short, 1)
  await clock.advance(500)
  await runtime.enqueue(bounded, 1)
  await clock.advance(500)
  expect(await runtime.job(id)).toMatchObject({ state: 'dead', error: { code: 'ATTEMPT_TIMEOUT' } })
})

test('cancelling a running job aborts its signal at once, and ends it as cancelled', async () => {
  const { runtime, clock } = await setup()
  let reason: unknown
  runtime.handle(bounded, (_, { signal }) => {
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        reason = signal.reason
        reject(signal.reason as Error)
      }),
    )
  })
  runtime.work()
  const { id } = await runtime.enqueue(bounded, 1)
  await clock.advance(0)
  expect(await runtime.cancel(id, { reason: 'wrong photo' })).toBe('requested')
  await clock.advance(0)
  expect(reason).toMatchObject({ code: 'JOB_CANCELLED', message: `job ${id} was cancelled: wrong photo` })
  expect(await runtime.job(id)).toMatchObject({ state: 'cancelled' })
})

test('a cancelled handler that does not heed its signal loses its job after the grace', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(bounded, () => gate<string>().promise)
  runtime.work({ grace: '5s' })
  const { id } = await runtime.enqueue(bounded, 1)
  await clock.advance(0)
  await runtime.cancel(id)
  await clock.advance(4_999)
  expect(await runtime.job(id)).toMatchObject({ state: 'processing', cancelRequested: true })
  await clock.advance(1)
  expect(await runtime.job(id)).toMatchObject({ state: 'cancelled' })
})

test('a completion that comes first wins over a cancel', async () => {
  const { runtime, clock } = await setup()
  const { promise, resolve } = gate<string>()
  runtime.handle(bounded, () => promise)
  runtime.work()
  const { id } = await runtime.enqueue(bounded, 1)
  await clock.advance(0)
  await runtime.cancel(id)
  resolve('done anyway')
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', result: 'done anyway' })
  expect(await runtime.cancel(id)).toBe('ended')
})

test('a waiting job is cancelled at once, an unknown one is not found', async () => {
  const { runtime } = await setup()
  const { id } = await runtime.enqueue(bounded, 1)
  expect(await runtime.cancel(id)).toBe('cancelled')
  expect(await runtime.cancel('nobody')).toBe('notFound')
})
