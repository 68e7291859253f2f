import { MillraceError } from '@millrace/core'
import { defineJob, type HandlerContext } from '@millrace/runtime'
import { NaiveRows, naiveStore } from '@millrace/store-spec'
import { expect, test } from 'vitest'
import { gate, setup, shared } from './setup.ts'

const parent = defineJob<number, string>('parent', { retry: { maxFailures: 5 } })
const child = defineJob<string, void>('child', { queue: 'children' })

test('the context says which attempt of which job it is', async () => {
  const { runtime, clock } = await setup()
  let context!: HandlerContext
  runtime.handle(parent, (_, own) => {
    context = own
    return ''
  })
  runtime.work()
  const { id } = await runtime.enqueue(parent, 1, {
    correlationId: 'order 7',
    trace: '00-aa-bb-01',
    delay: '1m',
  })
  const dueAt = clock.now() + 60_000
  await clock.advance(60_000)
  expect(context).toMatchObject({
    id,
    queue: 'default',
    attempt: 1,
    fencingToken: 1,
    generation: 0,
    nominalAt: dueAt,
    correlationId: 'order 7',
    trace: '00-aa-bb-01',
  })
  expect(context.signal.aborted).toBe(false)
})

test('progress and log lines reach the job a few times per second, the newest progress counts', async () => {
  const { runtime, clock, store } = await setup()
  const { promise, resolve } = gate<string>()
  runtime.handle(parent, (_, context) => {
    for (let step = 1; step <= 100; step++) context.progress(step / 200)
    context.log('half way')
    return promise
  })
  const told: (number | undefined)[] = []
  runtime.on('progress', ({ job }) => told.push(job.progress))
  runtime.work()
  const { id } = await runtime.enqueue(parent, 1)
  await clock.advance(199)
  expect(store.asked).not.toContain('note')
  await clock.advance(1)
  expect(await runtime.job(id)).toMatchObject({ progress: 0.5, log: ['half way'] })
  resolve('')
  await clock.advance(1_000)
  expect(told).toEqual([0.5])
  expect(store.asked.filter((name) => name === 'note')).toHaveLength(1)
})

test('what a handler logged just before its end is written before it is settled', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(parent, (_, context) => {
    context.log('begin')
    context.progress(1)
    context.log('end')
    return ''
  })
  runtime.work()
  const { id } = await runtime.enqueue(parent, 1)
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', log: ['begin', 'end'], progress: 1 })
})

test('a log keeps its newest 100 lines, each of 1,024 characters at most', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(parent, (_, context) => {
    for (let line = 1; line <= 250; line++) context.log(`${line} ${'x'.repeat(2_000)}`)
    return ''
  })
  runtime.work()
  const { id } = await runtime.enqueue(parent, 1)
  await clock.advance(0)
  const log = (await runtime.job(id))!.log
  expect(log).toHaveLength(100)
  expect(log[0]).toMatch(/^151 x/)
  expect(log[0]).toHaveLength(1_024)
})

test("progress out of 0 to 1 is the handler's mistake", async () => {
  const { runtime, clock } = await setup()
  runtime.handle(parent, (_, context) => {
    context.progress(1.1)
    return ''
  })
  runtime.work()
  const { id } = await runtime.enqueue(parent, 1)
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'retrying', error: { code: 'BAD_ARGUMENT' } })
})

test('a step done once is not done again by a retry', async () => {
  const { runtime, clock } = await setup()
  let charges = 0
  const seen: unknown[] = []
  runtime.handle(parent, async (_, context) => {
    seen.push(await context.once('charge', () => ({ receipt: ++charges })))
    seen.push(await context.once('nothing', () => undefined))
    if (context.attempt < 3) throw new Error('later step failed')
    return 'done'
  })
  runtime.work()
  const { id } = await runtime.enqueue(parent, 1)
  await clock.advance(60_000)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', attempt: 3 })
  expect(charges).toBe(1)
  expect(seen).toEqual([{ receipt: 1 }, undefined, { receipt: 1 }, undefined, { receipt: 1 }, undefined])
})

test('a step that failed is done again', async () => {
  const { runtime, clock } = await setup()
  let tries = 0
  runtime.handle(parent, async (_, context) => {
    return await context.once('flaky', () => {
      if (++tries < 2) throw new Error('first time')
      return 'second time'
    })
  })
  runtime.work()
  const { id } = await runtime.enqueue(parent, 1)
  await clock.advance(60_000)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', result: 'second time' })
})

test('the same step asked for twice at the same time runs once', async () => {
  const { runtime, clock } = await setup()
  let runs = 0
  runtime.handle(parent, async (_, context) => {
    const both = await Promise.all([context.once('s', () => ++runs), context.once('s', () => ++runs)])
    return both.join()
  })
  runtime.work()
  const { id } = await runtime.enqueue(parent, 1)
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ result: '1,1' })
})

test('a child knows its parent, and inherits correlation and trace', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(parent, async (_, context) => {
    await context.enqueue(child, 'hello', { priority: 2 })
    return ''
  })
  runtime.work({ queues: { default: 1 } })
  const { id } = await runtime.enqueue(parent, 1, { correlationId: 'order 7' })
  await clock.advance(0)
  const { jobs } = await runtime.jobs({ queue: 'children' })
  expect(jobs).toMatchObject([{ causationId: id, correlationId: 'order 7', payload: 'hello', priority: 2 }])
})

test('a child is taken in even when its queue is full', async () => {
  const { runtime, clock } = await setup({ queues: { children: { maxJobs: 1 } } })
  runtime.handle(parent, async (_, context) => (await context.enqueue(child, 'b')).outcome)
  runtime.work({ queues: { default: 1 } })
  await runtime.enqueue(child, 'a')
  const { id } = await runtime.enqueue(parent, 1)
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ result: 'enqueued' })
})

test('once the lease is lost, no write of the handler counts', async () => {
  const rows = new NaiveRows()
  const mine = await setup({ store: shared(naiveStore(rows)) })
  const other = await setup({ store: shared(naiveStore(rows)), clock: mine.clock })
  let context!: HandlerContext
  mine.runtime.handle(parent, (_, own) => {
    context = own
    return gate<string>().promise
  })
  mine.runtime.work({ lease: '30s', grace: '1h', queues: { default: 1 } })
  const { id } = await mine.runtime.enqueue(parent, 1)
  await mine.clock.advance(0)
  const gone = new MillraceError('STORE_FAILED', 'gone')
  mine.store.fail('renew', gone, { times: Infinity })
  other.runtime.handle(parent, () => gate<string>().promise)
  other.runtime.work({ lease: '10m' })
  await mine.clock.advance(40_000)
  context.progress(0.7)
  context.log('too late')
  await expect(context.enqueue(child, 'x')).rejects.toMatchObject({ code: 'LEASE_LOST' })
  await expect(context.once('step', () => 1)).rejects.toMatchObject({ code: 'LEASE_LOST' })
  // One nobody waits for must not become an unhandled rejection.
  void context.enqueue(child, 'y')
  await mine.clock.advance(1_000)
  expect(await other.runtime.job(id)).toMatchObject({
    state: 'processing',
    attempt: 2,
    progress: undefined,
    log: [],
  })
  expect((await other.runtime.jobs({ queue: 'children' })).jobs).toHaveLength(0)
  expect(mine.runtime.metrics().counts.leasesLost).toBe(1)
})

test('a handler that never looks at its signal has none made for it', async () => {
  const { runtime, clock } = await setup()
  const made: unknown[] = []
  const Original = globalThis.AbortController
  globalThis.AbortController = class extends Original {
    constructor() {
      super()
      made.push(this)
    }
  }
  try {
    runtime.handle(parent, () => '')
    runtime.work()
    await runtime.enqueue(parent, 1)
    await clock.advance(0)
    expect(made).toHaveLength(0)
  } finally {
    globalThis.AbortController = Original
  }
})
