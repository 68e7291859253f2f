import { defineJob, NonRetryable, RetryAfter, Snooze } from '@millrace/runtime'
import { expect, test } from 'vitest'
import { setup } from './setup.ts'

const job = defineJob<number, string>('job', { retry: { maxFailures: 3 } })

async function thrown(error: unknown) {
  const { runtime, clock } = await setup()
  runtime.handle(job, (_, { attempt }) => {
    if (attempt === 1) throw error
    return 'done'
  })
  runtime.work()
  const { id } = await runtime.enqueue(job, 1)
  await clock.advance(0)
  return { runtime, clock, id, now: clock.now() }
}

test('RetryAfter overrides the backoff', async () => {
  const { runtime, id, now, clock } = await thrown(new RetryAfter('10m', 'busy'))
  expect(await runtime.job(id)).toMatchObject({
    state: 'retrying',
    runAt: now + 600_000,
    error: { message: 'busy' },
  })
  await clock.advance(600_000)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', failures: 1 })
})

test('NonRetryable goes straight to the dead letters', async () => {
  const { runtime, id } = await thrown(new NonRetryable('no photo'))
  expect(await runtime.job(id)).toMatchObject({
    state: 'dead',
    reason: 'nonRetryable',
    error: { message: 'no photo' },
  })
})

test('Snooze is no failure', async () => {
  const { runtime, id, now, clock } = await thrown(new Snooze('1h'))
  expect(await runtime.job(id)).toMatchObject({
    state: 'scheduled',
    runAt: now + 3_600_000,
    failures: 0,
    snoozes: 1,
  })
  await clock.advance(3_600_000)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', failures: 0 })
})

test('they are told apart by name and content, as when they come from another thread', async () => {
  const { runtime, id } = await thrown({ name: 'NonRetryable', message: 'from afar' })
  expect(await runtime.job(id)).toMatchObject({
    state: 'dead',
    error: { name: 'NonRetryable', message: 'from afar' },
  })
})

test('a delay out of bounds is refused where it is made', () => {
  expect(() => new RetryAfter(-1)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }))
  expect(() => new Snooze('soon' as '1s')).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }))
})
