import type { Job, Moment, NewJob, Store } from '@millrace/core'
import { ids } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const sharingCases: CaseGroup = {
  name: 'sharing',
  needs: 'sharing',
  cases: {
    'what one store object has stored, the others see': async (bench) => {
      const other = await bench.open()
      await bench.acceptIds('a')
      same(ids(await claim(other, bench.at(), 'w2')), ['a'], 'the claim of the other')
      same(await bench.state('a'), 'processing', 'the state')
      await other.close()
      same(await bench.state('a'), 'processing', 'the state after the other is closed')
    },

    'no job is given twice to claims of several stores at once': async (bench) => {
      const stores = [bench.store, await bench.open(), await bench.open()]
      const names = Array.from({ length: 90 }, (_, index) => `job-${index}`)
      await bench.acceptIds(...names)
      const claims = stores.flatMap((store, index) =>
        Array.from({ length: 6 }, () => claim(store, bench.at(), `w${index}`, 5)),
      )
      const claimed = (await Promise.all(claims)).flatMap(ids)
      same(claimed.length, 90, 'jobs claimed')
      same([...new Set(claimed)].sort(), [...names].sort(), 'the jobs claimed')
    },

    'jobs accepted by several stores at once are all there, each with its number': async (bench) => {
      const stores = [bench.store, await bench.open(), await bench.open()]
      const enqueue = (store: Store, job: NewJob) =>
        store.run('enqueue', { jobs: [job], atomic: false }, bench.at())
      await Promise.all(
        stores.flatMap((store, index) =>
          Array.from({ length: 20 }, (_, job) => enqueue(store, sampleJob(`${index}-${job}`))),
        ),
      )
      const jobs = await bench.list()
      same(jobs.length, 60, 'the jobs')
      same(new Set(jobs.map(({ seq }) => seq)).size, 60, 'their numbers')
      same((await bench.count()).enqueued, 60, 'the count')
    },

    'the bounds of a queue hold over all stores': async (bench) => {
      const stores = [bench.store, await bench.open(), await bench.open()]
      await bench.configure('default', { maxJobs: 7 })
      const replies = await Promise.all(
        stores.flatMap((store, index) =>
          Array.from({ length: 5 }, (_, job) =>
            store.run('enqueue', { jobs: [sampleJob(`${index}-${job}`)], atomic: false }, bench.at()),
          ),
        ),
      )
      const accepted = replies
        .flatMap(({ results }) => results)
        .filter(({ outcome }) => outcome === 'enqueued')
      same([accepted.length, (await bench.count()).enqueued], [7, 7], 'the jobs accepted')
    },

    'one unique key has one holder over all stores': async (bench) => {
      const stores = [bench.store, await bench.open(), await bench.open()]
      const unique = { key: 'k', while: 'unfinished', onConflict: 'keep' } as const
      const replies = await Promise.all(
        stores.map((store, index) =>
          store.run(
            'enqueue',
            { jobs: [sampleJob(`job-${index}`, { extras: { unique } })], atomic: false },
            bench.at(),
          ),
        ),
      )
      const outcomes = replies.map(({ results }) => results[0]!.outcome).sort()
      same(outcomes, ['enqueued', 'kept', 'kept'], 'the outcomes')
    },

    'a fence holds over all stores': async (bench) => {
      const other = await bench.open()
      await bench.acceptIds('a')
      const stale = await bench.claimOne({ owner: 'slow' })
      await other.run('reap', { limit: 10, gone: ['slow'] }, bench.at())
      same(await bench.complete(stale), ['lost'], 'the outcome')
      bench.now += 1_000
      const [live] = await claim(other, bench.at(), 'fresh')
      same(await bench.complete(stale), ['lost'], 'the outcome while it runs elsewhere')
      same(await bench.complete(live!), ['settled'], 'the outcome of the live attempt')
    },

    'a store that is closed and opened again sees what the others did meanwhile': async (bench) => {
      const other = await bench.open()
      await bench.store.close()
      const enqueue = { jobs: [sampleJob('a'), sampleJob('b')], atomic: false }
      await other.run('enqueue', enqueue, bench.at())
      bench.store = await bench.open()
      same(ids(await bench.claim()), ['a', 'b'], 'the claim')
    },
  },
}

async function claim(store: Store, at: Moment, owner: string, limit = 100): Promise<readonly Job[]> {
  const queues = [{ queue: 'default', weight: 1, credit: 0 }]
  return (await store.run('claim', { owner, leaseMs: 30_000, limit, queues }, at)).jobs
}
