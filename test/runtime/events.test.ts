import { defineJob } from '@millrace/runtime'
import { expect, test } from 'vitest'
import { setup } from './setup.ts'

const job = defineJob<number, string>('job', { retry: { maxFailures: 2 } })

test('the life of a job is told as events, in order', async () => {
  const { runtime, clock } = await setup()
  const told: string[] = []
  for (const type of ['enqueued', 'started', 'failed', 'retrying', 'dead', 'completed', 'redriven'] as const)
    runtime.on(type, (event) => told.push(`${event.type} ${event.job.state}`))
  runtime.handle(job, (_, { attempt, generation }) => {
    if (generation === 0) throw new Error(`attempt ${attempt}`)
    return 'done'
  })
  runtime.work()
  await runtime.enqueue(job, 1)
  await clock.advance(60_000)
  await runtime.deadLetters.redrive()
  await clock.advance(0)
  expect(told).toEqual([
    'enqueued enqueued',
    'started processing',
    'failed processing',
    'retrying retrying',
    'started processing',
    'failed processing',
    'dead dead',
    'redriven enqueued',
    'started processing',
    'completed completed',
  ])
})

test('an event brings the job along, with its payload and why it died', async () => {
  const { runtime, clock } = await setup()
  let died: unknown
  runtime.on(
    'dead',
    ({ job: { name, payload, reason, error } }) => (died = { name, payload, reason, error: error?.message }),
  )
  runtime.handle(job, () => {
    throw new Error('nope')
  })
  runtime.work()
  await runtime.enqueue(job, 7)
  await clock.advance(60_000)
  expect(died).toEqual({ name: 'job', payload: 7, reason: 'exhausted', error: 'nope' })
})

test('a queue tells when it is saturated, relieved, paused and resumed', async () => {
  const { runtime, clock } = await setup({
    queues: { default: { maxJobs: 10, watermarks: { high: 0.8, low: 0.5 } } },
  })
  const told: string[] = []
  for (const type of ['saturated', 'relieved', 'paused', 'resumed'] as const)
    runtime.on(type, ({ queue }) => told.push(`${type} ${queue}`))
  runtime.handle(job, () => 'done')
  await runtime.enqueueMany(job, [1, 2, 3, 4, 5, 6, 7, 8])
  await runtime.pause('default')
  runtime.work()
  await clock.advance(0)
  expect(await runtime.counts()).toMatchObject([{ enqueued: 8, paused: true, saturated: true }])
  await runtime.resume('default')
  await clock.advance(0)
  expect(told).toEqual(['saturated default', 'paused default', 'resumed default', 'relieved default'])
})

test('a listener that throws or rejects breaks nothing: it is told as an error', async () => {
  const { runtime, clock } = await setup()
  const errors: unknown[] = []
  const others: string[] = []
  runtime.on('error', ({ doing, error }) => errors.push([doing, (error as Error).message]))
  runtime.on('completed', () => {
    throw new Error('thrown')
  })
  runtime.on('completed', async () => {
    throw new Error('rejected')
  })
  runtime.on('completed', ({ job: { id } }) => others.push(id))
  runtime.handle(job, () => 'done')
  runtime.work()
  const { id } = await runtime.enqueue(job, 1)
  await clock.advance(0)
  expect(errors).toEqual([
    ['listen', 'thrown'],
    ['listen', 'rejected'],
  ])
  expect(others).toEqual([id])
  expect(runtime.metrics().counts.errors).toBe(2)
})

test('a listener of errors that throws itself is not called again for it', async () => {
  const { runtime, clock } = await setup()
  let calls = 0
  runtime.on('error', () => {
    calls++
    throw new Error('worse')
  })
  runtime.on('completed', () => {
    throw new Error('bad')
  })
  runtime.handle(job, () => 'done')
  runtime.work()
  await runtime.enqueue(job, 1)
  await clock.advance(0)
  expect(calls).toBe(1)
})

test('what on answers ends the listening, and the store is no longer asked', async () => {
  const { runtime, clock, store } = await setup()
  const told: string[] = []
  const listener = ({ job: { id } }: { readonly job: { readonly id: string } }): void => void told.push(id)
  const ends = [runtime.on('completed', listener), runtime.on('completed', listener)]
  expect(store.subscriptions.events).toBe(1)
  runtime.handle(job, () => 'done')
  runtime.work()
  await runtime.enqueue(job, 1)
  await clock.advance(0)
  expect(told).toHaveLength(2)
  ends[0]!()
  ends[0]!()
  await runtime.enqueue(job, 1)
  await clock.advance(0)
  expect(told).toHaveLength(3)
  ends[1]!()
  expect(store.subscriptions.events).toBe(0)
})

test("listening to this runtime's own events costs the store nothing", async () => {
  const { runtime, store } = await setup()
  runtime.on('leaseLost', () => {})
  runtime.on('error', () => {})
  expect(store.subscriptions.events).toBe(0)
})

test('a listener must be a function', async () => {
  const { runtime } = await setup()
  expect(() => runtime.on('completed', undefined as never)).toThrow(
    expect.objectContaining({ code: 'BAD_ARGUMENT' }),
  )
  expect(() => runtime.on('complete' as 'completed', () => {})).toThrow(/completed/)
})
