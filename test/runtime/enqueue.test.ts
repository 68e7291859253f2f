import { MillraceError } from '@millrace/core'
import { backoff, defineJob } from '@millrace/runtime'
import { expect, expectTypeOf, test } from 'vitest'
import { setup } from './setup.ts'

const job = defineJob<{ path: string }, number>('job')
const refused = { code: 'BAD_ARGUMENT' }

test('enqueues of one tick share one command and keep their order', async () => {
  const { runtime, store } = await setup()
  const all = await Promise.all(['a', 'b', 'c'].map((path) => runtime.enqueue(job, { path })))
  expect(store.asked.filter((name) => name === 'enqueue')).toHaveLength(1)
  const { jobs } = await runtime.jobs()
  expect(jobs.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
  expect(jobs.map(({ payload }) => payload)).toEqual([{ path: 'a' }, { path: 'b' }, { path: 'c' }])
})

test('each enqueue of a tick has its own outcome', async () => {
  const { runtime } = await setup({ queues: { default: { maxJobs: 2 } } })
  const outcomes = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((path) => runtime.enqueue(job, { path })),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
  expect(outcomes[2]).toMatchObject({ reason: { code: 'QUEUE_FULL', outcome: 'no', retryAfterMs: 1_000 } })
})

test('a command asked for after an enqueue sees its job', async () => {
  const { runtime } = await setup()
  const enqueued = runtime.enqueue(job, { path: 'a' })
  const [counts] = await runtime.counts()
  expect(counts).toMatchObject({ queue: 'default', enqueued: 1 })
  await enqueued
})

test('more enqueues than one command should take go in several, in order', async () => {
  const { runtime, store } = await setup()
  const all = await Promise.all(
    Array.from({ length: 2_500 }, (_, n) => runtime.enqueue(job, { path: `${n}` })),
  )
  expect(store.asked.filter((name) => name === 'enqueue')).toHaveLength(3)
  const { jobs } = await runtime.jobs({ limit: 3_000 })
  expect(jobs.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
})

test('a store that fails rejects every enqueue of the tick', async () => {
  const { runtime, store } = await setup()
  store.fail('enqueue', new MillraceError('STORE_FAILED', 'gone', { outcome: 'unknown' }))
  const outcomes = await Promise.allSettled([
    runtime.enqueue(job, { path: 'a' }),
    runtime.enqueue(job, { path: 'b' }),
  ])
  expect(outcomes).toMatchObject([{ reason: { code: 'STORE_FAILED' } }, { reason: { code: 'STORE_FAILED' } }])
})

test('enqueueMany stores all or none', async () => {
  const { runtime } = await setup({ queues: { default: { maxJobs: 2 } } })
  await expect(runtime.enqueueMany(job, [{ path: 'a' }, { path: 'b' }, { path: 'c' }])).rejects.toMatchObject(
    {
      code: 'QUEUE_FULL',
    },
  )
  expect((await runtime.jobs()).jobs).toHaveLength(0)
  const stored = await runtime.enqueueMany(job, [{ path: 'a' }, { path: 'b' }])
  expect(stored.map(({ outcome }) => outcome)).toEqual(['enqueued', 'enqueued'])
  expect(await runtime.enqueueMany(job, [])).toEqual([])
})

test('what the definition says stands in the job', async () => {
  const { runtime, clock } = await setup()
  const resize = defineJob<{ path: string; album: string }>('photo.resize', {
    queue: 'photos',
    retry: { maxFailures: 7, backoff: backoff.fixed('5s') },
    timeout: '2m',
    key: ({ album }) => album,
    unique: ({ path }) => ({ key: path }),
    priority: 3,
    version: 2,
  })
  const { id } = await runtime.enqueue(
    resize,
    { path: 'ä ö.jpg', album: 'sea' },
    { delay: '5m', deadline: '1h' },
  )
  expect(await runtime.job(id)).toMatchObject({
    state: 'scheduled',
    queue: 'photos',
    name: 'photo.resize',
    version: 2,
    priority: 3,
    key: 'sea',
    runAt: clock.now() + 300_000,
    deadline: clock.now() + 3_600_000,
  })
})

test('a second trigger meets the holder of its unique key', async () => {
  const { runtime } = await setup()
  const unique = { key: 'same' }
  const first = await runtime.enqueue(job, { path: 'old' }, { unique })
  const second = await runtime.enqueue(job, { path: 'new' }, { unique })
  expect(second).toEqual({ id: first.id, outcome: 'replaced' })
  expect((await runtime.job(first.id))?.payload).toEqual({ path: 'new' })
  await expect(
    runtime.enqueue(job, { path: 'x' }, { unique: { key: 'same', onConflict: 'reject' } }),
  ).rejects.toMatchObject({ code: 'UNIQUE_CONFLICT' })
})

test('unique keys belong to their job: another kind may use the same word', async () => {
  const { runtime } = await setup()
  const other = defineJob<{ path: string }>('other')
  await runtime.enqueue(job, { path: 'a' }, { unique: { key: 'same' } })
  expect(await runtime.enqueue(other, { path: 'a' }, { unique: { key: 'same' } })).toMatchObject({
    outcome: 'enqueued',
  })
})

test('unique: false leaves the definition aside', async () => {
  const { runtime } = await setup()
  const only = defineJob<number>('only', { unique: () => ({ key: 'one' }) })
  await runtime.enqueue(only, 1)
  expect(await runtime.enqueue(only, 2)).toMatchObject({ outcome: 'replaced' })
  expect(await runtime.enqueue(only, 3, { unique: false })).toMatchObject({ outcome: 'enqueued' })
})

test('the same idempotency key and payload answer the same job; another payload is a conflict', async () => {
  const { runtime } = await setup()
  const first = await runtime.enqueue(job, { path: 'a' }, { idempotencyKey: 'k' })
  expect(await runtime.enqueue(job, { path: 'a' }, { idempotencyKey: 'k' })).toEqual({
    id: first.id,
    outcome: 'kept',
  })
  await expect(runtime.enqueue(job, { path: 'b' }, { idempotencyKey: 'k' })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_CONFLICT',
  })
})

test('a debounced job runs when the triggers pause, and never later than its bound', async () => {
  const { runtime, clock } = await setup()
  const seen: string[] = []
  runtime.handle(job, ({ path }) => seen.push(path))
  runtime.work()
  const unique = { key: 'k', while: 'pending', onConflict: 'debounce', wait: '1s', maxWait: '3s' } as const
  for (const path of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
    await runtime.enqueue(job, { path }, { unique, delay: '1s' })
    await clock.advance(500)
  }
  await clock.advance(10_000)
  expect(seen).toEqual(['f', 'h'])
})

test.each([
  ['delay and runAt', { delay: '1s', runAt: 5 }],
  ['a negative delay', { delay: -1 }],
  ['an absurd delay', { delay: '9999999d' }],
  ['a delay in no unit', { delay: '5 minutes' }],
  ['a date that is none', { runAt: new Date('never') }],
  ['a fractional priority', { priority: 0.5 }],
  ['a priority out of bounds', { priority: 1_001 }],
  ['an empty key', { key: '' }],
  ['an option nobody knows', { dealy: '1s' }],
  ['a unique without a key', { unique: {} }],
  ['a debounce without wait', { unique: { key: 'k', onConflict: 'debounce' } }],
  ['wait without debounce', { unique: { key: 'k', wait: '1s' } }],
  ['a lone surrogate in a key', { key: '\ud800' }],
  ['an idempotency key of 1,025 characters', { idempotencyKey: 'x'.repeat(1_025) }],
])('%s is refused, and nothing is stored', async (_, options) => {
  const { runtime } = await setup()
  await expect(runtime.enqueue(job, { path: 'a' }, options as never)).rejects.toMatchObject(refused)
  expect((await runtime.jobs()).jobs).toHaveLength(0)
})

test('bounds themselves are accepted', async () => {
  const { runtime } = await setup()
  await runtime.enqueue(job, { path: 'a' }, { priority: 1_000, key: 'x'.repeat(1_024), delay: '3652d' })
  await runtime.enqueue(job, { path: 'a' }, { priority: -1_000, key: 'ключ / 🔑', delay: 0 })
  expect((await runtime.jobs()).jobs).toHaveLength(2)
})

test('an empty options object is no options', async () => {
  const { runtime } = await setup()
  expect(await runtime.enqueue(job, { path: 'a' }, {})).toMatchObject({ outcome: 'enqueued' })
})

test('the message of an unknown option names it and those there are', async () => {
  const { runtime } = await setup()
  await expect(runtime.enqueue(job, { path: 'a' }, { dealy: '1s' } as never)).rejects.toThrow(
    /"dealy".*delay, runAt/,
  )
})

test('types flow from the definition to payload, handler and result', async () => {
  const { runtime } = await setup()
  const bare = defineJob('bare')
  const nothing = defineJob<undefined, string>('nothing')
  const { id } = await runtime.enqueue(job, { path: 'a' })
  expectTypeOf(() => runtime.result(id)).returns.toEqualTypeOf<Promise<number>>()
  expectTypeOf(() => runtime.result('some-id')).returns.toEqualTypeOf<Promise<unknown>>()
  // @ts-expect-error: the payload is not what the job takes
  runtime.enqueue(job, { file: 'a' }).catch(() => {})
  // @ts-expect-error: the payload is missing
  runtime.enqueue(job).catch(() => {})
  // @ts-expect-error: the handler answers what the job does not promise
  runtime.handle(job, () => 'text')
  await runtime.enqueue(nothing)
  await runtime.enqueue(bare, { any: 'thing' })
  runtime.handle(nothing, (payload) => {
    expectTypeOf(payload).toEqualTypeOf<undefined>()
    return 'x'
  })
})
