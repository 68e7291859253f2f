import { backoff, defineJob, type TraceWriter } from '@millrace/runtime'
import { expect, test } from 'vitest'
import { gate, setup } from './setup.ts'

const job = defineJob<{ secret: string }, number>('job', {
  retry: { maxFailures: 2, backoff: backoff.fixed('1s', { jitter: 'none' }) },
  key: ({ secret }) => secret,
})

/** A writer that keeps what it is given, as lines. */
function keeper(): { readonly write: TraceWriter; readonly lines: () => Record<string, unknown>[] } {
  let text = ''
  return {
    write: (piece) => void (text += piece),
    lines: () =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}

test('a trace tells the life of every job in times, names and numbers, and none of its payload, key or error', async () => {
  const { runtime, clock } = await setup({ queues: { default: { concurrency: 3 } } })
  const { write, lines } = keeper()
  const recording = await runtime.record(write)
  runtime.handle(job, async (_, { attempt }) => {
    await new Promise<void>((resolve) => clock.setTimer(50, resolve))
    if (attempt === 1) throw new Error('password')
    return 7
  })
  runtime.work()
  await clock.advance(20)
  await runtime.enqueue(job, { secret: 'password' }, { priority: 3 })
  await clock.advance(5_000)
  expect(await recording.stop()).toEqual({ events: 6, lost: 0 })
  const [header, ...told] = lines()
  expect(header).toMatchObject({ millrace: 'trace', v: 1, queues: { default: { concurrency: 3 } } })
  const retry = { maxFailures: 2, maxCrashes: 3, backoff: { kind: 'fixed', delayMs: 1_000, jitter: 'none' } }
  expect(told).toMatchObject([
    { event: 'worker', at: 0, queues: { default: 1 }, concurrency: 10 },
    { event: 'definition', queue: 'default', name: 'job', retry, timeoutMs: 0 },
    { event: 'enqueued', at: 20, job: 1, queue: 'default', name: 'job', priority: 3, runAt: 20 },
    { event: 'started', at: 20, job: 1, runAt: 20 },
    { event: 'failed', at: 70, job: 1 },
    { event: 'retrying', at: 70, job: 1, runAt: 1_070 },
    { event: 'started', at: 1_070, job: 1, runAt: 1_070 },
    { event: 'completed', at: 1_120, job: 1 },
    { event: 'end', at: 5_020, because: 'stopped' },
  ])
  expect(JSON.stringify(told)).not.toContain('password')
})

test('it stops cleanly: at its bound, twice, and with the runtime', async () => {
  const { runtime } = await setup()
  const [short, long] = [keeper(), keeper()]
  const bounded = await runtime.record(short.write, { maxEvents: 2 })
  await runtime.record(long.write)
  await runtime.enqueueMany(
    job,
    ['a', 'b', 'c', 'd'].map((secret) => ({ secret })),
  )
  expect(await bounded.stop()).toEqual({ events: 2, lost: 0 })
  expect(await bounded.stop()).toEqual({ events: 2, lost: 0 })
  await runtime.close()
  expect(short.lines().map(({ event }) => event)).toEqual([
    undefined,
    'definition',
    'enqueued',
    'enqueued',
    'end',
  ])
  expect(short.lines().at(-1)).toMatchObject({ because: 'full' })
  expect(long.lines().filter(({ event }) => event === 'enqueued')).toHaveLength(4)
  expect(long.lines().at(-1)).toMatchObject({ event: 'end', because: 'closed' })
  await expect(runtime.record(short.write)).rejects.toMatchObject({ code: 'CLOSED' })
})

test('while the writer is busy few events wait, and the trace says how many are missing', async () => {
  const { runtime } = await setup()
  const { write, lines } = keeper()
  const free = gate()
  const recording = await runtime.record(
    async (piece) => {
      write(piece)
      await free.promise
    },
    { maxWaiting: 3 },
  )
  for (let count = 0; count < 10; count++) await runtime.enqueue(job, { secret: String(count) })
  free.resolve()
  const { events, lost } = await recording.stop()
  expect(events + lost).toBe(10)
  expect(lost).toBeGreaterThan(5)
  expect(lines()).toContainEqual({ event: 'lost', at: 0, events: lost })
})

test('a writer that fails ends the recording with an error event, and a hanging one does not hold up the close', async () => {
  const { runtime, clock } = await setup()
  const errors: unknown[] = []
  runtime.on('error', ({ doing, error }) => errors.push([doing, (error as Error).message]))
  const failing = await runtime.record(() => Promise.reject(new Error('disk full')))
  await runtime.enqueue(job, { secret: 'a' })
  await failing.stop()
  expect(errors).toEqual([['record', 'disk full']])
  await runtime.record(() => new Promise(() => {}))
  const closed = runtime.close()
  await clock.advance(10_000)
  await closed
})

test.for([
  [undefined, {}],
  [() => {}, { maxEvents: 0 }],
  [() => {}, { maxEvents: 100_000_001 }],
  [() => {}, { maxWaiting: 0 }],
  [() => {}, { maxWaiting: 1_000_001 }],
  [() => {}, { limit: 1 }],
] as const)('record(%s, %j) is refused', async ([write, options]) => {
  const { runtime } = await setup()
  await expect(runtime.record(write as never, options as never)).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
  })
})
