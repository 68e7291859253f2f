import { MillraceError } from '@millrace/core'
import { defineJob, type HandlerContext } from '@millrace/runtime'
import { NaiveRows, naiveStore } from '@millrace/store-spec'
import { memoryStore } from '@millrace/store-memory'
import { expect, test } from 'vitest'
import { gate, memory, setup, shared } from './setup.ts'

const slow = defineJob<number, string>('slow', { retry: { maxFailures: 5, maxCrashes: 3 } })
const storeFailed = new MillraceError('STORE_FAILED', 'the disk is gone', { outcome: 'unknown' })

test('a handler keeps its lease for as long as it runs', async () => {
  const { runtime, clock } = await setup()
  const { promise, resolve } = gate<string>()
  runtime.handle(slow, () => promise)
  runtime.work({ lease: '30s' })
  const { id } = await runtime.enqueue(slow, 1)
  await clock.advance(10 * 60_000)
  expect(await runtime.job(id)).toMatchObject({ state: 'processing', attempt: 1 })
  resolve('late but mine')
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', attempt: 1, result: 'late but mine' })
})

test('leases are renewed at a third of their length', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(slow, () => gate<string>().promise)
  runtime.work({ lease: '30s' })
  await runtime.enqueue(slow, 1)
  await clock.advance(35_000)
  expect(store.asked.filter((name) => name === 'renew')).toHaveLength(3)
})

test('a worker that holds nothing renews nothing', async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(slow, () => 'done')
  runtime.work({ lease: '30s' })
  await runtime.enqueue(slow, 1)
  await clock.advance(120_000)
  expect(store.asked).not.toContain('renew')
})

/** Two runtimes on the same jobs, as two processes are; the second one's time is the test's. */
async function twoRuntimes() {
  const rows = new NaiveRows()
  const mine = await setup({ store: shared(naiveStore(rows)) })
  const other = await setup({ store: shared(naiveStore(rows)), clock: mine.clock })
  return { mine, other, clock: mine.clock }
}

test('a result that comes after the lease was reaped is dropped, and the handler was told', async () => {
  const { mine, other, clock } = await twoRuntimes()
  const { promise, resolve } = gate<string>()
  let context!: HandlerContext
  mine.runtime.handle(slow, (_, own) => {
    context = own
    void own.signal
    return promise
  })
  mine.runtime.work({ lease: '30s', grace: '1h' })
  const lost: string[] = []
  mine.runtime.on('leaseLost', ({ job }) => lost.push(job.id))
  const { id } = await mine.runtime.enqueue(slow, 1)
  await clock.advance(0)
  other.runtime.handle(slow, () => 'by the other')
  other.runtime.work()
  mine.store.fail('renew', storeFailed, { times: Infinity })
  await clock.advance(29_999)
  expect(context.signal.aborted).toBe(false)
  await clock.advance(2_000)
  expect(context.signal.reason).toMatchObject({ code: 'LEASE_LOST' })
  await clock.advance(5_000)
  resolve('by me')
  await clock.advance(0)
  expect(await mine.runtime.job(id)).toMatchObject({ state: 'completed', result: 'by the other', crashes: 1 })
  expect(lost).toEqual([id])
})

test('a result that comes after the lease, but before anyone reaped, is accepted', async () => {
  const { runtime, clock, store } = await setup({
    store: shared(await memoryStore()),
  })
  const { promise, resolve } = gate<string>()
  runtime.handle(slow, () => promise)
  runtime.work({ lease: '30s', grace: '1h' })
  const { id } = await runtime.enqueue(slow, 1)
  await clock.advance(0)
  store.fail('renew', storeFailed, { times: Infinity })
  store.fail('reap', storeFailed, { times: Infinity })
  await clock.advance(40_000)
  resolve('late')
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', result: 'late' })
})

test('a process that was stopped for longer than its lease aborts its handlers when it wakes, on a shared store', async () => {
  const { mine, clock } = await twoRuntimes()
  let signal!: AbortSignal
  mine.runtime.handle(slow, (_, context) => {
    signal = context.signal
    return gate<string>().promise
  })
  mine.runtime.work({ lease: '30s' })
  await mine.runtime.enqueue(slow, 1)
  await clock.advance(1_000)
  clock.suspend(31_000)
  mine.store.hold('renew')
  await clock.advance(0)
  expect(signal.aborted).toBe(true)
  expect(signal.reason).toMatchObject({ code: 'LEASE_LOST' })
})

test('a handler that stops because its lease was in doubt gives its job back unharmed', async () => {
  const { mine, clock } = await twoRuntimes()
  mine.runtime.handle(slow, (_, { signal, attempt }) => {
    if (attempt > 1) return 'second'
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    )
  })
  mine.runtime.work({ lease: '30s' })
  const { id } = await mine.runtime.enqueue(slow, 1)
  await clock.advance(1_000)
  clock.suspend(31_000)
  await clock.advance(1_000)
  expect(await mine.runtime.job(id)).toMatchObject({
    state: 'completed',
    result: 'second',
    failures: 0,
    crashes: 0,
  })
})

test('the lease is judged from before the claim was asked for: a slow store makes it seem shorter, never longer', async () => {
  const { mine, clock } = await twoRuntimes()
  let signal!: AbortSignal
  mine.runtime.handle(slow, (_, context) => {
    signal = context.signal
    return gate<string>().promise
  })
  await mine.runtime.enqueue(slow, 1)
  const answer = mine.store.hold('claim')
  mine.runtime.work({ lease: '30s' })
  mine.store.fail('renew', storeFailed, { times: Infinity })
  await clock.advance(20_000)
  answer()
  await clock.advance(9_000)
  expect(signal.aborted).toBe(false)
  await clock.advance(2_000)
  expect(signal.aborted).toBe(true)
})

test('a lease that ends between two renewals is noticed when it ends', async () => {
  const { runtime, clock, store } = await setup({ store: shared(naiveStore()) })
  const signals: AbortSignal[] = []
  runtime.handle(slow, (_, context) => {
    signals.push(context.signal)
    return gate<string>().promise
  })
  runtime.work({ lease: '30s', grace: '1h' })
  await runtime.enqueue(slow, 1)
  await clock.advance(5_500)
  await runtime.enqueue(slow, 2)
  await clock.advance(0)
  for (const name of ['renew', 'reap'] as const) store.fail(name, storeFailed, { times: Infinity })
  await clock.advance(29_999)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  await clock.advance(1)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
})

test('a renewal that finds the lease gone aborts the handler and says so', async () => {
  const rows = new NaiveRows()
  const mine = await setup({ store: shared(naiveStore(rows)) })
  const { promise, resolve } = gate<string>()
  const lost: string[] = []
  let signal!: AbortSignal
  mine.runtime.on('leaseLost', ({ job }) => lost.push(job.id))
  mine.runtime.handle(slow, (_, context) => {
    signal = context.signal
    return promise
  })
  const worker = mine.runtime.work({ lease: '30s', grace: '1h' })
  const { id } = await mine.runtime.enqueue(slow, 1)
  await mine.clock.advance(0)
  const at = { now: mine.clock.now(), seed: 1 }
  await naiveStore(rows).run('reap', { limit: 10, gone: [worker.owner] }, at)
  await mine.clock.advance(9_999)
  expect(signal.aborted).toBe(false)
  await mine.clock.advance(1)
  expect(signal.reason).toMatchObject({ code: 'LEASE_LOST' })
  expect(lost).toEqual([id])
  resolve('dropped')
  await mine.clock.advance(0)
  expect(mine.store.asked).not.toContain('settle')
})

test('a process that alone owns its store goes on after it slept: nobody can have taken its jobs', async () => {
  const { runtime, clock } = await setup({ store: await memory() })
  const { promise, resolve } = gate<string>()
  let signal!: AbortSignal
  runtime.handle(slow, (_, context) => {
    signal = context.signal
    return promise
  })
  runtime.work({ lease: '30s' })
  const { id } = await runtime.enqueue(slow, 1)
  // Its alarm rings first when the machine wakes, before any renewal is due.
  await runtime.enqueue(defineJob<number>('unhandled'), 1, { delay: '2s' })
  await clock.advance(1_000)
  clock.suspend(8 * 3_600_000)
  await clock.advance(1_000)
  expect(signal.aborted).toBe(false)
  resolve('next morning')
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', attempt: 1, crashes: 0 })
})

test('a prefetched job whose lease ended while it waited is not begun before it was renewed', async () => {
  const { mine, clock } = await twoRuntimes()
  const begun: number[] = []
  const { promise, resolve } = gate<string>()
  mine.runtime.handle(slow, (index) => {
    begun.push(index)
    return promise
  })
  mine.runtime.work({ lease: '30s', concurrency: 1, prefetch: 1 })
  await mine.runtime.enqueueMany(slow, [0, 1])
  await clock.advance(1_000)
  expect(begun).toEqual([0])
  const release = mine.store.hold('renew')
  clock.suspend(31_000)
  resolve('done')
  await clock.advance(0)
  expect(begun).toEqual([0])
  release()
  await clock.advance(0)
  expect(begun).toEqual([0, 1])
})

test('the jobs of a worker that went silent run again', async () => {
  const { mine, other, clock } = await twoRuntimes()
  mine.runtime.handle(slow, () => gate<string>().promise)
  mine.runtime.work({ lease: '30s' })
  const { id } = await mine.runtime.enqueue(slow, 1)
  await clock.advance(0)
  for (const name of ['renew', 'settle', 'reap'] as const)
    mine.store.fail(name, storeFailed, { times: Infinity })
  other.runtime.handle(slow, () => 'rescued')
  other.runtime.work()
  await clock.advance(35_000)
  expect(await other.runtime.job(id)).toMatchObject({ state: 'completed', result: 'rescued', crashes: 1 })
})

test('the fencing token rises with every attempt', async () => {
  const { runtime, clock } = await setup()
  const tokens: number[] = []
  runtime.handle(slow, (_, { fencingToken, attempt }) => {
    tokens.push(fencingToken)
    if (attempt < 3) throw new Error('again')
    return ''
  })
  runtime.work()
  await runtime.enqueue(slow, 1)
  await clock.advance(60_000)
  expect(tokens).toEqual([1, 2, 3])
})
