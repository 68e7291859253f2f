import { MillraceError } from '@millrace/core'
import { defineJob } from '@millrace/runtime'
import { expect, test } from 'vitest'
import { gate, setup } from './setup.ts'

const job = defineJob<number, number>('double', { retry: { maxFailures: 2 } })
const storeFailed = new MillraceError('STORE_FAILED', 'the disk is gone', { outcome: 'unknown' })

test('a result the store did not take is told again until it does', async () => {
  const { runtime, clock, store } = await setup()
  let runs = 0
  runtime.handle(job, (n) => {
    runs++
    return n * 2
  })
  runtime.work()
  store.fail('settle', storeFailed, { times: 5 })
  const { id } = await runtime.enqueue(job, 21)
  await clock.advance(20_000)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', result: 42 })
  expect(runs).toBe(1)
  expect(runtime.metrics().counts.errors).toBe(5)
})

test('a settlement that was stored, but whose answer got lost, is not taken for a lost lease', async () => {
  const { runtime, clock, store } = await setup()
  const lost: string[] = []
  runtime.on('leaseLost', (event) => lost.push(event.job.id))
  runtime.handle(job, (n) => n * 2)
  runtime.work()
  store.fail('settle', storeFailed, { after: true })
  const { id } = await runtime.enqueue(job, 21)
  await clock.advance(5_000)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', result: 42 })
  expect(lost).toEqual([])
})

test('while results wait for the store, no more jobs are claimed', async () => {
  const { runtime, clock, store } = await setup()
  let runs = 0
  runtime.handle(job, (n) => {
    runs++
    return n
  })
  store.fail('settle', storeFailed, { times: Infinity })
  runtime.work({ concurrency: 2 })
  await runtime.enqueueMany(job, [1, 2, 3, 4, 5, 6])
  await clock.advance(60_000)
  expect(runs).toBeLessThanOrEqual(4)
})

test('leases are renewed while results wait for the store', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(job, (n) => n)
  store.fail('settle', storeFailed, { times: 10 })
  runtime.work({ lease: '3s' })
  const { id } = await runtime.enqueue(job, 1)
  await clock.advance(60_000)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', attempt: 1, crashes: 0 })
})

test('one settlement the store cannot take does not hold up the others', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(job, (n) => n)
  await runtime.enqueueMany(job, [1, 2, 3])
  store.fail('settle', new Error('millrace is wrong about itself'))
  runtime.work()
  await clock.advance(1_000)
  expect(await runtime.counts()).toMatchObject([{ completed: 3 }])
})

test('everything that ended since the last settlement goes in one command', async () => {
  const { runtime, clock, store } = await setup()
  const { promise, resolve } = gate<number>()
  runtime.handle(job, () => promise)
  runtime.work({ concurrency: 10 })
  await runtime.enqueueMany(job, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  await clock.advance(0)
  resolve(1)
  await clock.advance(0)
  expect(store.asked.filter((name) => name === 'settle')).toHaveLength(1)
  expect(await runtime.counts()).toMatchObject([{ completed: 10 }])
})

test.each([
  ['a text', 'a text', { name: 'Error', message: 'a text' }],
  ['undefined', undefined, { name: 'Error', message: 'undefined' }],
  ['null', null, { name: 'Error', message: 'null' }],
  ['a number', 42, { name: 'Error', message: '42' }],
  ['a symbol', Symbol('s'), { name: 'Error', message: 'Symbol(s)' }],
  ['an object without a prototype', Object.create(null), { message: 'a value that cannot be printed' }],
  [
    'an error with a code',
    Object.assign(new TypeError('no'), { code: 'E1' }),
    { name: 'TypeError', message: 'no', code: 'E1' },
  ],
  [
    'an object whose properties throw',
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap')
        },
      },
    ),
    { name: 'Error', message: 'a value that cannot be read' },
  ],
])('a handler that throws %s fails, and its worker goes on', async (_, thrown, error) => {
  const { runtime, clock } = await setup()
  runtime.handle(job, (n) => {
    if (n === 0) throw thrown
    return n
  })
  runtime.work({ concurrency: 1 })
  const [bad, good] = await runtime.enqueueMany(job, [0, 1])
  await clock.advance(0)
  expect(await runtime.job(bad!.id)).toMatchObject({ state: 'retrying', error })
  expect((await runtime.job(good!.id))?.state).toBe('completed')
})
