import type { JobEvent } from '@millrace/core'
import { ids, type Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { rejects, same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const atomicityCases: CaseGroup = {
  name: 'atomicity',
  cases: {
    'a command that throws changes nothing': async (bench) => {
      await prepare(bench)
      const before = await everything(bench)
      await rejects(refusedBatch(bench), 'UNIQUE_CONFLICT', 'the batch')
      same(await everything(bench), before, 'what is stored')
      await bench.complete(await bench.job('running'))
      const batch = await bench.run('enqueue', { jobs: [sampleJob('after')], atomic: true })
      same(batch.results, [{ outcome: 'enqueued', id: 'after' }], 'the next command')
    },

    'a command that throws leaves its unique and idempotency keys free': async (bench) => {
      await prepare(bench)
      await rejects(refusedBatch(bench), 'UNIQUE_CONFLICT', 'the batch')
      const unique = { key: 'fresh', while: 'unfinished', onConflict: 'reject' } as const
      const extras = { unique, idempotency: { key: 'request', hash: 'another' } }
      await bench.accept(sampleJob('other', { queue: 'elsewhere', extras }))
    },

    'a command that throws tells nobody anything': async (bench) => {
      await prepare(bench)
      const told: JobEvent[] = []
      bench.store.subscribe({ events: (events) => void told.push(...events) })
      await rejects(refusedBatch(bench), 'UNIQUE_CONFLICT', 'the batch')
      await bench.acceptIds()
      same(told, [], 'the events')
    },

    'commands called around one that throws are as if it had not been': async (bench) => {
      await bench.configure('default', { maxJobs: 2 })
      const first = bench.acceptIds('a')
      const refused = bench.run('enqueue', { jobs: [sampleJob('x'), sampleJob('y')], atomic: true })
      const second = bench.acceptIds('b')
      await Promise.all([first, rejects(refused, 'QUEUE_FULL', 'the batch'), second])
      same(ids(await bench.list()), ['a', 'b'], 'the jobs')
      same((await bench.count()).enqueued, 2, 'the count')
    },
  },
}

async function prepare(bench: Bench): Promise<void> {
  await bench.configure('default', {
    maxJobs: 4,
    overflow: 'shedOldest',
    keyConcurrency: 1,
    order: 'fair',
    watermarks: { high: 1, low: 0.5 },
  })
  await bench.acceptIds('running')
  await bench.claim()
  const unique = { key: 'held', while: 'unfinished', onConflict: 'replace' } as const
  await bench.accept(
    sampleJob('holder', { extras: { unique } }),
    sampleJob('k1', { extras: { key: 'k' } }),
    sampleJob('k2', { extras: { key: 'k' } }),
  )
}

/** Replaces, sheds, promotes and stores, and has to give up at its last job. */
function refusedBatch(bench: Bench): Promise<unknown> {
  const unique = { key: 'held', while: 'unfinished', onConflict: 'replace' } as const
  const fresh = { key: 'fresh', while: 'unfinished', onConflict: 'reject' } as const
  const jobs = [
    sampleJob('replacing', { payload: '"a longer payload"', priority: 9, extras: { unique } }),
    sampleJob('new-1', { extras: { key: 'k' } }),
    sampleJob('new-2', { extras: { unique: fresh, idempotency: { key: 'request', hash: 'one' } } }),
    sampleJob('last', { runAt: bench.now + 10 }),
    sampleJob('clash', { extras: { unique: fresh } }),
  ]
  return bench.run('enqueue', { jobs, atomic: true })
}

async function everything(bench: Bench): Promise<unknown> {
  return [await bench.list(), await bench.run('countJobs', {}), await bench.run('listSchedules', {})]
}
