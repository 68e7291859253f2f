import { defineJob, type Worker } from '@millrace/runtime'
import { expect, test } from 'vitest'
import { gate, setup } from './setup.ts'

const add = defineJob<{ a: number; b: number }, number>('add')
const wait = defineJob<number, string>('wait')

test('a job enqueued while the worker waits is run at once', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(add, ({ a, b }) => a + b)
  runtime.work()
  const { id, outcome } = await runtime.enqueue(add, { a: 2, b: 3 })
  await clock.advance(0)
  expect(outcome).toBe('enqueued')
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', result: 5, attempt: 1 })
})

test('jobs enqueued before the worker starts are run when it does', async () => {
  const { runtime, clock } = await setup()
  const { id } = await runtime.enqueue(add, { a: 1, b: 1 })
  runtime.handle(add, ({ a, b }) => a + b)
  runtime.work()
  await clock.advance(0)
  expect((await runtime.job(id))?.state).toBe('completed')
})

test('a handler registered after the worker started gets the jobs that waited for it', async () => {
  const { runtime, clock } = await setup()
  runtime.work()
  const { id } = await runtime.enqueue(add, { a: 1, b: 1 })
  await clock.advance(0)
  expect((await runtime.job(id))?.state).toBe('enqueued')
  runtime.handle(add, ({ a, b }) => a + b)
  await clock.advance(0)
  expect((await runtime.job(id))?.state).toBe('completed')
})

test('a job without a handler here is left to others', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(add, ({ a, b }) => a + b)
  runtime.work()
  const { id } = await runtime.enqueue(wait, 1)
  await clock.advance(1_000)
  expect(await runtime.job(id)).toMatchObject({ state: 'enqueued', attempt: 0 })
})

test('no more handlers run at once than the concurrency allows', async () => {
  const { runtime, clock } = await setup()
  const gates = Array.from({ length: 7 }, () => gate<string>())
  const running = new Set<number>()
  let most = 0
  runtime.handle(wait, async (index) => {
    running.add(index)
    most = Math.max(most, running.size)
    const answer = await gates[index]!.promise
    running.delete(index)
    return answer
  })
  runtime.work({ concurrency: 3 })
  await runtime.enqueueMany(wait, [0, 1, 2, 3, 4, 5, 6])
  await clock.advance(0)
  expect([...running]).toEqual([0, 1, 2])
  for (const { resolve } of gates) {
    resolve('done')
    await clock.advance(0)
  }
  expect(most).toBe(3)
  expect(running.size).toBe(0)
})

test('a worker claims no more than it has free slots', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(wait, () => new Promise<string>(() => {}))
  runtime.work({ concurrency: 2 })
  await runtime.enqueueMany(wait, [0, 1, 2, 3])
  await clock.advance(0)
  expect(await runtime.counts()).toMatchObject([{ processing: 2, enqueued: 2 }])
})

test('prefetch claims that many more', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(wait, () => new Promise<string>(() => {}))
  runtime.work({ concurrency: 2, prefetch: 1 })
  await runtime.enqueueMany(wait, [0, 1, 2, 3])
  await clock.advance(0)
  expect(await runtime.counts()).toMatchObject([{ processing: 3, enqueued: 1 }])
})

test('a failed job is tried again after its backoff, without anyone polling', async () => {
  const { runtime, clock, store } = await setup()
  const seen: number[] = []
  runtime.handle(wait, (_, { attempt }) => {
    seen.push(attempt)
    if (attempt < 3) throw new Error('not yet')
    return 'done'
  })
  runtime.work()
  const { id } = await runtime.enqueue(wait, 0)
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'retrying', error: { message: 'not yet' } })
  const asked = store.asked.length
  await clock.advance(900)
  expect(store.asked.length).toBe(asked)
  await clock.advance(10_000)
  expect(seen).toEqual([1, 2, 3])
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', failures: 2 })
})

test('a delayed job is run when it is due and not before', async () => {
  const { runtime, clock } = await setup()
  const ranAt: number[] = []
  runtime.handle(wait, () => {
    ranAt.push(clock.now())
    return ''
  })
  runtime.work()
  const startedAt = clock.now()
  await runtime.enqueue(wait, 0, { delay: '90m' })
  await runtime.enqueue(wait, 0, { runAt: new Date(startedAt + 1_000) })
  await clock.advance(2 * 3_600_000)
  expect(ranAt).toEqual([startedAt + 1_000, startedAt + 90 * 60_000])
})

test('a job that fell due while the machine slept is run within a minute of its waking', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(wait, () => 'done')
  runtime.work()
  const { id } = await runtime.enqueue(wait, 0, { delay: '8h' })
  await clock.advance(1_000)
  // Asleep: the wall clock goes on, the timers do not.
  clock.setWall(clock.now() + 9 * 3_600_000)
  await clock.advance(60_000)
  expect((await runtime.job(id))?.state).toBe('completed')
})

test('an idle worker does nothing at all', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(wait, () => 'done')
  runtime.work()
  await runtime.enqueue(wait, 0)
  await clock.advance(60_000)
  const asked = store.asked.length
  await clock.advance(12 * 3_600_000)
  // Old history is looked for, ever more rarely.
  expect(store.asked.slice(asked).filter((name) => name !== 'prune')).toEqual([])
  expect(store.asked.length - asked).toBeLessThan(15)
})

test('what ended and what comes next go to the store in one turn', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(wait, () => 'done')
  await runtime.enqueueMany(wait, [0, 1, 2, 3])
  const before = store.asked.length
  runtime.work({ concurrency: 2 })
  await clock.advance(0)
  expect(store.asked.slice(before)).toEqual(['claim', 'settle', 'claim', 'settle', 'claim'])
})

test('queues share a worker by their weights', async () => {
  const { runtime, clock } = await setup()
  const order: string[] = []
  const kinds = ['high', 'default', 'low'].map((queue) =>
    defineJob<number, void>(`weigh.${queue}`, { queue }),
  )
  for (const kind of kinds) {
    runtime.handle(kind, () => void order.push(kind.queue))
    await runtime.enqueueMany(
      kind,
      Array.from({ length: 40 }, (_, index) => index),
    )
  }
  runtime.work({ queues: { high: 4, default: 4, low: 2 }, concurrency: 1 })
  await clock.advance(0)
  const first = order.slice(0, 50)
  expect(['high', 'default', 'low'].map((queue) => first.filter((one) => one === queue).length)).toEqual([
    20, 20, 10,
  ])
})

test('a worker with queues of its own leaves the others alone', async () => {
  const { runtime, clock } = await setup()
  const mine = defineJob<number, string>('mine', { queue: 'mine' })
  runtime.handle(mine, () => 'done')
  runtime.handle(wait, () => 'done')
  runtime.work({ queues: { mine: 1 } })
  const own = await runtime.enqueue(mine, 0)
  const other = await runtime.enqueue(wait, 0)
  await clock.advance(1_000)
  expect((await runtime.job(own.id))?.state).toBe('completed')
  expect((await runtime.job(other.id))?.state).toBe('enqueued')
})

test('a failed claim is tried again', async () => {
  const { runtime, clock, store } = await setup()
  const errors: unknown[] = []
  runtime.on('error', ({ doing }) => errors.push(doing))
  runtime.handle(wait, () => 'done')
  const { id } = await runtime.enqueue(wait, 0)
  await clock.advance(0)
  store.fail('claim', new Error('no connection'), { times: 2 })
  const worker: Worker = runtime.work()
  await clock.advance(2_000)
  expect((await runtime.job(id))?.state).toBe('completed')
  expect(errors).toEqual(['claim', 'claim'])
  expect(worker.owner).toHaveLength(16)
})

test('a store that cannot wake a worker is polled, if asked for', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(wait, () => 'done')
  runtime.work({ pollInterval: '1s' })
  await clock.advance(0)
  const before = store.asked.filter((name) => name === 'claim').length
  await clock.advance(5_000)
  expect(store.asked.filter((name) => name === 'claim').length).toBe(before + 5)
})

test('what stays due though all was done about it is looked at ever more rarely', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(wait, () => gate<string>().promise)
  runtime.work({ lease: '10s', grace: '1h' })
  await runtime.enqueue(wait, 0)
  await clock.advance(0)
  for (const name of ['renew', 'reap'] as const)
    store.fail(name, new Error('no connection'), { times: Infinity })
  await clock.advance(20_000)
  const asked = store.asked.length
  await clock.advance(60_000)
  expect(store.asked.length - asked).toBeLessThan(60 * 6)
})

test('a job that was delayed while the runtime looked after others is still run in time', async () => {
  const { runtime, clock, store } = await setup()
  const ran: number[] = []
  runtime.handle(wait, (n) => {
    ran.push(n)
    return ''
  })
  runtime.work()
  await runtime.enqueue(wait, 1, { delay: '1s' })
  const answer = store.hold('reap')
  await clock.advance(1_000)
  await runtime.enqueue(wait, 2, { delay: '1s' })
  await clock.advance(100)
  answer()
  await clock.advance(900)
  expect(ran).toEqual([1, 2])
})
