import { defineJob } from 'millrace'
import { expect, test } from 'vitest'
import { memory, setup } from './setup.ts'

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const first = defineJob<number, void>('first')
const second = defineJob<number, void>('second')
const third = defineJob<number, void>('third', { unique: () => ({ key: 'one' }) })
const undo = defineJob<number, void>('undo')

test('correlation and traceparent go from the producer to the last grandchild, and each job names the one that caused it', async () => {
  const { runtime, clock } = await setup()
  const seen: unknown[] = []
  runtime.handle(first, async (_, context) => void (await context.enqueue(second, 1)))
  runtime.handle(second, async (_, context) => void (await context.enqueue(third, 1)))
  runtime.handle(third, (_, context) => void seen.push([context.correlationId, context.trace]))
  runtime.work()
  const { id } = await runtime.enqueue(first, 1, { correlationId: 'order 7', trace })
  await clock.advance(0)
  const { jobs } = await runtime.jobs()
  const [a, b, c] = jobs.map((job) => job.toJSON())
  expect([a!.causationId, b!.causationId, c!.causationId]).toEqual([undefined, id, b!.id])
  for (const job of [a, b, c]) expect(job).toMatchObject({ correlationId: 'order 7', trace })
  expect(seen).toEqual([['order 7', trace]])
})

test('a child may have a trace of its own, as one whose handler opened a span does', async () => {
  const { runtime, clock } = await setup()
  const own = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01'
  runtime.handle(first, async (_, context) => void (await context.enqueue(second, 1, { trace: own })))
  runtime.work()
  await runtime.enqueue(first, 1, { correlationId: 'order 7', trace })
  await clock.advance(0)
  expect((await runtime.jobs({ name: 'second' })).jobs[0]!.toJSON()).toMatchObject({
    correlationId: 'order 7',
    trace: own,
  })
})

test('reruns and compensations go on with the trail', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(third, async (value, context) => {
    if (value === 1) await context.enqueue(third, 2)
  })
  runtime.handle(first, () => {
    throw new Error('no')
  })
  runtime.handle(undo, () => {})
  runtime.work()
  await runtime.enqueue(third, 1, { correlationId: 'order 7', trace })
  await runtime.flow([{ id: 'a', job: first, payload: 1, compensate: undo }], {
    correlationId: 'flow 8',
    trace,
  })
  await clock.advance(3_600_000)
  const rerun = (await runtime.jobs({ name: 'third' })).jobs[1]!
  expect(rerun.toJSON()).toMatchObject({ correlationId: 'order 7', trace })
  expect(rerun.causationId).toBe((await runtime.jobs({ name: 'third' })).jobs[0]!.id)
  const undone = (await runtime.jobs({ name: 'undo' })).jobs[0]!
  expect(undone.toJSON()).toMatchObject({ correlationId: 'flow 8', trace, state: 'completed' })
})

test('a payload of an older version is migrated in flows and compensations too', async () => {
  const store = await memory()
  const { runtime, clock } = await setup({ store })
  const old = defineJob<string>('greet')
  const oldUndo = defineJob<string>('ungreet')
  await runtime.flow([{ id: 'a', job: old, payload: 'ada', compensate: oldUndo }])
  const later = await setup({ store, clock })
  const options = { version: 2, migrate: (payload: unknown) => ({ name: payload as string }) }
  const seen: unknown[] = []
  later.runtime.handle(defineJob<{ name: string }>('greet', options), (payload) => {
    seen.push(payload)
    throw new Error('no')
  })
  later.runtime.handle(defineJob<{ name: string }>('ungreet', options), (payload) => void seen.push(payload))
  later.runtime.work()
  await clock.advance(3_600_000)
  expect(seen).toEqual(Array.from({ length: 6 }, () => ({ name: 'ada' })))
})

test('a job of a newer version says in its log why it waits, and runs when a newer worker comes', async () => {
  const store = await memory()
  const { runtime, clock } = await setup({ store })
  const newer = defineJob<string, string>('greet', { version: 2 })
  const { id } = await runtime.enqueue(newer, 'ada')
  runtime.handle(defineJob<string, string>('greet'), () => 'old')
  const worker = runtime.work()
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'scheduled', failures: 0, snoozes: 1 })
  expect((await runtime.job(id))!.log).toEqual([
    "put off for 1m: its version 2 is newer than this worker's 1",
  ])
  const stopped = worker.stop()
  await clock.advance(0)
  await stopped
  const later = await setup({ store, clock })
  later.runtime.handle(newer, (name) => `hello ${name}`)
  later.runtime.work()
  await clock.advance(60_000)
  expect(await runtime.result(id)).toBe('hello ada')
})
