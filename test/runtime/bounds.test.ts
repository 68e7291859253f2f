import { bounds } from '@millrace/core'
import {
  backoff,
  createRuntime,
  defineJob,
  type Duration,
  type QueueOptions,
  type WorkerOptions,
} from '@millrace/runtime'
import { expect, test } from 'vitest'
import { parseDuration } from '../../packages/runtime/src/duration.ts'
import { queueConfig } from '../../packages/runtime/src/queue-options.ts'
import { memory, setup } from './setup.ts'

const badArgument = expect.objectContaining({ code: 'BAD_ARGUMENT' }) as Error

test.each<[Duration, number]>([
  [0, 0],
  [250, 250],
  ['250ms', 250],
  ['1s', 1_000],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['0.0001s', 1],
  [bounds.durationMs, bounds.durationMs],
])('%s is %d ms', (duration, ms) => {
  expect(parseDuration(duration, 'it')).toBe(ms)
})

test.each([
  '5 m',
  '5M',
  'm',
  '',
  '-1s',
  '1e3s',
  '+1s',
  '1s ',
  ' 1s',
  '1week',
  '1.s',
  '.5s',
  '3653d',
  '9'.repeat(20) + 's',
  -1,
  Number.NaN,
  Infinity,
  bounds.durationMs + 1,
  null,
  undefined,
  {},
  [],
  true,
  1n,
])('%s is no duration', (duration) => {
  expect(() => parseDuration(duration as Duration, 'it')).toThrow(badArgument)
})

test('a hostile text is refused, and shown only in part', () => {
  expect(() => parseDuration('1'.repeat(10_000_000) as Duration, 'it')).toThrow(/^it must be .{0,300}…/)
})

test.each(['a', 'x'.repeat(128), 'photo.resize', 'a:b@c/d-e_f.9'])('%s is a name', (name) => {
  expect(defineJob(name).name).toBe(name)
})

test.each(['', 'x'.repeat(129), 'a b', 'ä', 'a\n', '__proto__\0', 'a*b', undefined, 7])(
  '%j is no name',
  (name) => {
    expect(() => defineJob(name as string)).toThrow(badArgument)
  },
)

test.each<[object]>([
  [{ quue: 'x' }],
  [{ queue: 'no queue' }],
  [{ timeout: 0 }],
  [{ timeout: '1 m' }],
  [{ priority: 1_001 }],
  [{ priority: 0.5 }],
  [{ version: 0 }],
  [{ retry: { maxFailures: 0 } }],
  [{ retry: { maxCrashes: 0 } }],
  [{ retry: { maxFailures: 1.5 } }],
  [{ retry: { attempts: 3 } }],
  [{ retry: { backoff: 'exponential' } }],
  [{ retry: { for: -1 } }],
  [{ unique: { key: 'x' } }],
  [{ key: 'x' }],
  [{ migrate: true }],
  [{ onDead: 'job' }],
  [{ input: {} }],
  [{ output: { '~standard': { version: 2 } } }],
])('defineJob refuses %j', (options) => {
  expect(() => defineJob('job', options as never)).toThrow(badArgument)
})

test.each<[object]>([
  [{ maxJob: 5 }],
  [{ maxJobs: 0 }],
  [{ maxJobs: 1.5 }],
  [{ maxJobs: '5' }],
  [{ maxBytes: -1 }],
  [{ overflow: 'drop' }],
  [{ order: 'fifo' }],
  [{ ageing: -1 }],
  [{ concurrency: 0 }],
  [{ keyConcurrency: 0 }],
  [{ rate: { limit: 0, per: '1s' } }],
  [{ rate: { limit: 1, per: 0 } }],
  [{ rate: { limit: 1 } }],
  [{ rate: { limit: 1, perMs: 1 } }],
  [{ keyWeights: { a: 0 } }],
  [{ retryBudget: { ratio: -1 } }],
  [{ watermarks: { high: 0.5, low: 0.5 } }],
  [{ watermarks: { high: 1.1, low: 0.5 } }],
  [{ retention: { completed: { age: -1 } } }],
  [{ retention: { finished: {} } }],
  [{ wait: { timeout: '1s' } }],
  [{ overflow: 'wait', wait: { maxWaiters: -1 } }],
])('queue options %j are refused', async (options) => {
  await expect(
    createRuntime({ store: await memory(), queues: { q: options as QueueOptions } }),
  ).rejects.toThrow(badArgument)
})

test('queue options are what core is told', () => {
  expect(
    queueConfig('q', {
      maxJobs: 10,
      maxBytes: 1_000,
      overflow: 'shedOldest',
      order: 'fair',
      ageing: Infinity,
      concurrency: 3,
      rate: { limit: 5, per: '1m' },
      keyConcurrency: 1,
      keyWeights: { gold: 3 },
      retryBudget: { ratio: 0.1 },
      watermarks: { high: 0.9, low: 0.5 },
      retention: { completed: { age: '1d', count: 5 }, dead: { count: Infinity } },
    }),
  ).toMatchObject({
    maxJobs: 10,
    maxBytes: 1_000,
    overflow: 'shedOldest',
    order: 'fair',
    ageing: Infinity,
    concurrency: 3,
    rate: { limit: 5, perMs: 60_000 },
    keyConcurrency: 1,
    keyWeights: { gold: 3 },
    retryBudget: { ratio: 0.1, burst: 10 },
    watermarks: { high: 0.9, low: 0.5 },
    retention: { completed: { ageMs: 86_400_000, count: 5 }, dead: { count: Infinity } },
  })
})

test('a refused option is named, with those there are', async () => {
  await expect(
    createRuntime({
      store: await memory(),
      queues: { mail: { maxJob: 5 } as QueueOptions },
    }),
  ).rejects.toThrow(/queue mail has no option "maxJob"; it knows maxJobs, maxBytes/)
})

test.each<[object]>([
  [{ stor: 1 }],
  [{}],
  [{ store: undefined }],
  [{ store: await memory(), queues: { 'no queue': {} } }],
  [{ store: await memory(), queues: [] }],
  [{ store: await memory(), maxPayloadBytes: 0 }],
])('createRuntime refuses %j', async (options) => {
  await expect(createRuntime(options as never)).rejects.toThrow(badArgument)
})

test.each<[object]>([
  [{ concurency: 1 }],
  [{ concurrency: 0 }],
  [{ concurrency: 100_001 }],
  [{ prefetch: -1 }],
  [{ lease: 99 }],
  [{ lease: '30' }],
  [{ grace: -1 }],
  [{ pollInterval: 0 }],
  [{ queues: {} }],
  [{ queues: { high: 0 } }],
  [{ queues: { 'no queue': 1 } }],
  [{ queues: ['high'] }],
])('work refuses %j', async (options) => {
  const { runtime } = await setup()
  expect(() => runtime.work(options as WorkerOptions)).toThrow(badArgument)
})

test.each<[object]>([
  [{ limit: 0 }],
  [{ limit: 100_001 }],
  [{ state: 'running' }],
  [{ cursor: -1 }],
  [{ que: 'x' }],
])('jobs refuses %j', async (filter) => {
  const { runtime } = await setup()
  await expect(runtime.jobs(filter as never)).rejects.toThrow(badArgument)
})

test('payloads are limited to what the runtime was told', async () => {
  const { runtime } = await setup({ maxPayloadBytes: 10 })
  const job = defineJob<string>('job')
  expect(await runtime.enqueue(job, 'x'.repeat(8))).toMatchObject({ outcome: 'enqueued' })
  await expect(runtime.enqueue(job, 'x'.repeat(9))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
})

test('backoffs are made of durations', () => {
  expect(backoff.exponential('1s', { factor: 3, max: '1h', jitter: 'none' })).toEqual({
    kind: 'exponential',
    baseMs: 1_000,
    factor: 3,
    maxMs: 3_600_000,
    jitter: 'none',
  })
  expect(backoff.linear('1s')).toMatchObject({
    kind: 'linear',
    baseMs: 1_000,
    stepMs: 1_000,
    jitter: 'spread',
  })
  expect(backoff.fixed(50, { jitter: 'full' })).toEqual({ kind: 'fixed', delayMs: 50, jitter: 'full' })
  expect(backoff.table(['1s', '1m'])).toMatchObject({ kind: 'table', delaysMs: [1_000, 60_000] })
})

test.each<[string, () => unknown]>([
  ['a factor below 1', () => backoff.exponential('1s', { factor: 0.5 })],
  ['an unknown jitter', () => backoff.fixed('1s', { jitter: 'some' as 'full' })],
  ['an empty table', () => backoff.table([])],
  ['a table of 101', () => backoff.table(Array.from({ length: 101 }, () => 1))],
  ['an unknown option', () => backoff.fixed('1s', { max: '1m' } as never)],
])('a backoff with %s is refused', (_, make) => {
  expect(make).toThrow(badArgument)
})
