import { FaultStore, createRuntime, defineJob, seededEntropy, VirtualClock } from '@millrace/runtime'
import { NaiveRows, naiveStore } from '@millrace/store-spec'
import { expect, test } from 'vitest'
import { gate, memory, setup, shared } from './setup.ts'

const job = defineJob<number, string>('job', { retry: { maxCrashes: 3 } })

/** A process that was killed while it ran a job: its runtime is never closed. */
async function killed(rows: NaiveRows, clock: VirtualClock, sharing: boolean) {
  const store = new FaultStore(naiveStore(rows), { sharing })
  const runtime = await createRuntime({
    store,
    clock: new VirtualClock(clock.now()),
    entropy: seededEntropy(999),
  })
  runtime.handle(job, () => gate<string>().promise)
  runtime.work({ lease: '30s' })
  const { id } = await runtime.enqueue(job, 1)
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'processing' })
  return id
}

test('on a store of its own, a runtime takes back at once what an earlier process left', async () => {
  const [rows, clock] = [new NaiveRows(), new VirtualClock()]
  const id = await killed(rows, clock, false)
  const { runtime } = await setup({ clock, store: new FaultStore(naiveStore(rows), { sharing: false }) })
  expect(await runtime.job(id)).toMatchObject({ state: 'retrying', crashes: 1 })
  runtime.handle(job, () => 'rescued')
  runtime.work()
  await clock.advance(2_000)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', result: 'rescued' })
})

test('on a shared store it waits for the leases: their owners may live', async () => {
  const [rows, clock] = [new NaiveRows(), new VirtualClock()]
  const id = await killed(rows, clock, true)
  const { runtime } = await setup({ clock, store: shared(naiveStore(rows)) })
  expect(await runtime.job(id)).toMatchObject({ state: 'processing' })
  await clock.advance(31_000)
  expect(await runtime.job(id)).toMatchObject({ crashes: 1 })
})

test("a second runtime on the same store object leaves the first one's jobs alone", async () => {
  const { runtime, clock, store } = await setup()
  runtime.handle(job, () => gate<string>().promise)
  runtime.work()
  const { id } = await runtime.enqueue(job, 1)
  await clock.advance(0)
  await setup({ clock, store })
  expect(await runtime.job(id)).toMatchObject({ state: 'processing', crashes: 0 })
})

test('a job that takes its process down three times is poison', async () => {
  const [rows, clock] = [new NaiveRows(), new VirtualClock()]
  let id = await killed(rows, clock, false)
  for (let crash = 2; crash <= 3; crash++) {
    const store = new FaultStore(naiveStore(rows), { sharing: false })
    const runtime = await createRuntime({ store, clock, entropy: seededEntropy(crash) })
    runtime.handle(job, () => gate<string>().promise)
    runtime.work()
    await clock.advance(10_000)
    expect(await runtime.job(id)).toMatchObject({ state: 'processing', crashes: crash - 1 })
  }
  const { runtime } = await setup({ clock, store: new FaultStore(naiveStore(rows), { sharing: false }) })
  expect(await runtime.job(id)).toMatchObject({ state: 'dead', reason: 'poison', crashes: 3 })
})

test('a store that fails while it is taken over is closed, and the error told', async () => {
  const store = await memory()
  store.fail('listJobs', new Error('unreadable'))
  await expect(createRuntime({ store, clock: new VirtualClock() })).rejects.toThrow('unreadable')
  await expect(store.run('countJobs', {}, { now: 0, seed: 0 })).rejects.toMatchObject({ code: 'CLOSED' })
})

test('a store that was opened for options that turn out wrong is closed again', async () => {
  const store = await memory()
  await expect(
    createRuntime({ store: Promise.resolve(store), queues: { q: { maxJobs: 0 } } }),
  ).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
  await expect(store.run('countJobs', {}, { now: 0, seed: 0 })).rejects.toMatchObject({ code: 'CLOSED' })
})

test('a store may be a promise', async () => {
  const clock = new VirtualClock()
  await using runtime = await createRuntime({
    store: Promise.resolve(await memory()),
    clock,
  })
  expect(runtime.guarantee.durability).toBe('none')
})
