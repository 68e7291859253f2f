import { defineJob } from '@millrace/runtime'
import { expect, test } from 'vitest'
import { setup } from './setup.ts'

const job = defineJob<{ n: number }, string>('job', { retry: { maxFailures: 1 } })

async function withDead(count: number) {
  const all = await setup()
  const broken = { yes: true }
  all.runtime.handle(job, ({ n }) => {
    if (broken.yes) throw new Error(n % 2 === 0 ? `disk ${n} is full` : 'no network')
    return 'mended'
  })
  all.runtime.work()
  const jobs = await all.runtime.enqueueMany(
    job,
    Array.from({ length: count }, (_, n) => ({ n })),
  )
  await all.clock.advance(0)
  return { ...all, broken, ids: jobs.map(({ id }) => id) }
}

test('dead letters are listed page by page', async () => {
  const { runtime, ids } = await withDead(5)
  const first = await runtime.deadLetters.list({ limit: 3 })
  expect(first.jobs.map(({ id }) => id)).toEqual(ids.slice(0, 3))
  const second = await runtime.deadLetters.list({ limit: 3, cursor: first.cursor! })
  expect(second.jobs.map(({ id }) => id)).toEqual(ids.slice(3))
  expect(second.cursor).toBeUndefined()
})

test('they are grouped by what killed them', async () => {
  const { runtime } = await withDead(5)
  expect(await runtime.deadLetters.groups()).toMatchObject([
    { count: 3, fingerprint: expect.stringContaining('disk <n> is full') as string },
    { count: 2, fingerprint: expect.stringContaining('no network') as string },
  ])
})

test('a group is redriven by its fingerprint', async () => {
  const { runtime, clock, broken } = await withDead(5)
  broken.yes = false
  const [group] = await runtime.deadLetters.groups()
  const { redriven } = await runtime.deadLetters.redrive({ fingerprint: group!.fingerprint })
  await clock.advance(0)
  expect(redriven).toHaveLength(3)
  expect(await runtime.counts()).toMatchObject([{ completed: 3, dead: 2 }])
})

test('a dry run says what would be redriven, and does nothing', async () => {
  const { runtime } = await withDead(3)
  expect((await runtime.deadLetters.redrive({ dryRun: true })).redriven).toHaveLength(3)
  expect(await runtime.counts()).toMatchObject([{ dead: 3 }])
})

test('a redrive can be spread over time, and mend the payload', async () => {
  const { runtime, clock, broken, ids } = await withDead(3)
  broken.yes = false
  await runtime.deadLetters.redrive({ ids, ratePerSecond: 2, payload: { n: 99 } })
  await clock.advance(0)
  expect(await runtime.counts()).toMatchObject([{ completed: 1, scheduled: 2 }])
  await clock.advance(1_000)
  expect(await runtime.counts()).toMatchObject([{ completed: 3 }])
  expect(await runtime.job(ids[2]!)).toMatchObject({ payload: { n: 99 }, generation: 1 })
})

test('discarded ones are gone', async () => {
  const { runtime, ids } = await withDead(3)
  expect(await runtime.deadLetters.discard({ ids: [ids[0]!, 'nobody'] })).toEqual([ids[0]])
  expect(await runtime.job(ids[0]!)).toBeUndefined()
  expect(await runtime.counts()).toMatchObject([{ dead: 2 }])
})

test('the job named by onDead is told which job died, and why', async () => {
  const { runtime, clock } = await setup()
  const alarm = defineJob<{ id: string; name: string; reason: string }>('alarm')
  const fragile = defineJob<number>('fragile', { retry: { maxFailures: 1 }, onDead: alarm })
  const told: unknown[] = []
  runtime.handle(alarm, ({ id, name, reason }) => told.push({ id, name, reason }))
  runtime.handle(fragile, () => {
    throw new Error('crack')
  })
  runtime.work()
  const { id } = await runtime.enqueue(fragile, 1)
  await clock.advance(0)
  expect(told).toEqual([{ id, name: 'fragile', reason: 'exhausted' }])
})

test.each([
  [{ limit: 0 }],
  [{ limit: 100_001 }],
  [{ ids: 'one' }],
  [{ ids: ['not an id'] }],
  [{ queue: 'no queue' }],
  [{ ratePerSecond: 0 }],
  [{ fingerprints: 'x' }],
])('redrive(%j) is refused', async (options) => {
  const { runtime } = await setup()
  await expect(runtime.deadLetters.redrive(options as never)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
})
