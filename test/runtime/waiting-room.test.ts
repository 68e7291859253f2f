import { MillraceError } from '@millrace/core'
import { defineJob } from '@millrace/runtime'
import { NaiveRows, naiveStore } from '@millrace/store-spec'
import { expect, test } from 'vitest'
import { gate, setup, shared } from './setup.ts'

const job = defineJob<number, string>('job')
const queues = { default: { maxJobs: 2, overflow: 'wait', wait: { timeout: '30s', maxWaiters: 2 } } } as const

async function full(options = queues) {
  const all = await setup({ queues: options })
  const gates = Array.from({ length: 10 }, () => gate<string>())
  all.runtime.handle(job, (n) => gates[n]!.promise)
  all.runtime.work({ concurrency: 10 })
  await all.runtime.enqueueMany(job, [0, 1])
  await all.clock.advance(0)
  return { ...all, gates }
}

test('an enqueue waits for room, and is taken in as soon as there is some', async () => {
  const { runtime, clock, gates } = await full()
  let isIn = false
  const waiting = runtime.enqueue(job, 2).then(({ outcome }) => {
    isIn = true
    return outcome
  })
  await clock.advance(500)
  expect(isIn).toBe(false)
  gates[0]!.resolve('done')
  await clock.advance(0)
  expect(await waiting).toBe('enqueued')
})

test('who waits longest comes first, and who comes later stands behind', async () => {
  const { runtime, clock, gates } = await full()
  const order: string[] = []
  void runtime.enqueue(job, 2).then(() => order.push('first'))
  await clock.advance(10)
  void runtime.enqueue(job, 3).then(() => order.push('second'))
  await clock.advance(10)
  gates[0]!.resolve('')
  await clock.advance(0)
  expect(order).toEqual(['first'])
  gates[1]!.resolve('')
  await clock.advance(0)
  expect(order).toEqual(['first', 'second'])
})

test('room that nobody here heard of goes to who waits longest, not to who comes now', async () => {
  const rows = new NaiveRows()
  const mine = await setup({ queues, store: shared(naiveStore(rows)) })
  const other = await setup({ clock: mine.clock, store: shared(naiveStore(rows)) })
  const [job0] = await mine.runtime.enqueueMany(job, [0, 1])
  const order: string[] = []
  void mine.runtime.enqueue(job, 2).then(() => order.push('first'))
  await mine.clock.advance(100)
  await other.runtime.cancel(job0!.id)
  mine.runtime.enqueue(job, 3).then(
    () => order.push('second'),
    () => {},
  )
  await mine.clock.advance(5_000)
  expect(order).toEqual(['first'])
})

test('no more than maxWaiters wait', async () => {
  const { runtime, clock } = await full()
  const waiting = [runtime.enqueue(job, 2), runtime.enqueue(job, 3)]
  for (const one of waiting) one.catch(() => {})
  await clock.advance(0)
  await expect(runtime.enqueue(job, 4)).rejects.toMatchObject({ code: 'QUEUE_FULL', outcome: 'no' })
})

test('and none longer than the timeout', async () => {
  const { runtime, clock, store } = await full()
  const waiting = runtime.enqueue(job, 2)
  waiting.catch(() => {})
  await clock.advance(29_999)
  expect(store.subscriptions.events).toBe(1)
  await clock.advance(1)
  await expect(waiting).rejects.toMatchObject({ code: 'QUEUE_FULL', outcome: 'no' })
  expect(store.subscriptions.events).toBe(0)
  expect(await runtime.counts()).toMatchObject([{ processing: 2, enqueued: 0 }])
})

test('a job that was taken in the very moment its time was over is not called refused', async () => {
  const { runtime, clock, gates, store } = await full()
  const waiting = runtime.enqueue(job, 2)
  await clock.advance(29_990)
  const release = store.hold('enqueue')
  gates[0]!.resolve('')
  await clock.advance(1_000)
  release()
  await clock.advance(0)
  expect(await waiting).toMatchObject({ outcome: 'enqueued' })
})

test('several in one call wait for room for all of them', async () => {
  const { runtime, clock, gates } = await full()
  let isIn = false
  const waiting = runtime.enqueueMany(job, [2, 3]).then(() => (isIn = true))
  gates[0]!.resolve('')
  await clock.advance(5_000)
  expect(isIn).toBe(false)
  gates[1]!.resolve('')
  await clock.advance(0)
  await waiting
})

test('room that another process makes is found by looking again', async () => {
  const { runtime, clock, store } = await full()
  const waiting = runtime.enqueue(job, 2)
  waiting.catch(() => {})
  await clock.advance(0)
  const asked = store.asked.filter((name) => name === 'enqueue').length
  await clock.advance(5_000)
  expect(store.asked.filter((name) => name === 'enqueue').length).toBe(asked + 5)
})

test('a store that fails is told to whoever was first, and the next is tried', async () => {
  const { runtime, clock, store, gates } = await full()
  const first = runtime.enqueue(job, 2)
  const second = runtime.enqueue(job, 3)
  first.catch(() => {})
  await clock.advance(10)
  store.fail('enqueue', new MillraceError('STORE_FAILED', 'gone', { outcome: 'unknown' }))
  gates[0]!.resolve('')
  await clock.advance(0)
  await expect(first).rejects.toMatchObject({ code: 'STORE_FAILED' })
  expect(await second).toMatchObject({ outcome: 'enqueued' })
})

test('closing the runtime ends the waiting', async () => {
  const { runtime, clock } = await full()
  const waiting = runtime.enqueue(job, 2)
  waiting.catch(() => {})
  await clock.advance(0)
  const closed = runtime.close({ drain: 0 })
  await clock.advance(60_000)
  await closed
  await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' })
})

test('a queue without overflow wait refuses at once', async () => {
  const { runtime } = await full({ default: { maxJobs: 2 } } as never)
  await expect(runtime.enqueue(job, 2)).rejects.toMatchObject({ code: 'QUEUE_FULL' })
})
