import { defineJob, NonRetryable, type JobView } from 'millrace'
import { expect, test } from 'vitest'
import { setup } from './setup.ts'

const work = defineJob<number, number>('work')
const other = defineJob<number, number>('other', { queue: 'others' })

async function ready() {
  const all = await setup()
  all.runtime.handle(work, (value) => {
    if (value < 0) throw new NonRetryable('negative')
    return value * 2
  })
  all.runtime.handle(other, (value) => value)
  all.runtime.work()
  return all
}

test('any number may read how jobs end, each at its own pace, and only what they asked for', async () => {
  const { runtime, clock } = await ready()
  const seen: Record<string, unknown[]> = { all: [], some: [] }
  const read = async (name: string, jobs: AsyncIterable<JobView>): Promise<void> => {
    for await (const job of jobs) {
      seen[name]!.push([job.state, job.result])
      if (seen[name]!.length === (name === 'all' ? 4 : 1)) return
    }
  }
  const late = runtime.ended()
  const done = [read('all', runtime.ended()), read('some', runtime.ended({ queue: 'others' }))]
  await runtime.enqueueMany(work, [1, 2, -1])
  await runtime.enqueue(other, 7)
  await clock.advance(0)
  await Promise.all(done)
  expect(seen.all).toHaveLength(4)
  expect(seen.all).toEqual(
    expect.arrayContaining([
      ['completed', 2],
      ['completed', 4],
      ['dead', undefined],
      ['completed', 7],
    ]),
  )
  expect(seen.some).toEqual([['completed', 7]])
  expect((await late.next()).value?.state).toBe('completed')
})

test('the loop ends with the runtime, and the store is asked to tell only while somebody reads', async () => {
  const { runtime, store } = await ready()
  const jobs = runtime.ended({ name: 'work' })
  expect(store.subscriptions.events).toBe(1)
  await jobs.return!()
  expect(store.subscriptions.events).toBe(0)
  const waiting = runtime.ended()
  const next = waiting.next()
  await runtime.close()
  expect(await next).toEqual({ done: true, value: undefined })
  expect(() => runtime.ended()).toThrow(/closed/)
})

test('a result lives as long as retention says', async () => {
  const { runtime, clock } = await setup({
    queues: {
      default: { retention: { completed: { age: '1h' } } },
      others: { retention: { completed: { count: 1 } } },
    },
  })
  runtime.handle(work, (value) => value)
  runtime.handle(other, (value) => value)
  runtime.work()
  const { id } = await runtime.enqueue(work, 1)
  const ids = (await runtime.enqueueMany(other, [1, 2])).map((one) => one.id)
  await clock.advance(0)
  await expect(runtime.result(ids[0]!)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
  expect(await runtime.result(ids[1]!)).toBe(2)
  await clock.advance(3_500_000)
  expect(await runtime.result(id)).toBe(1)
  await clock.advance(3_600_000)
  await expect(runtime.result(id)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
})
