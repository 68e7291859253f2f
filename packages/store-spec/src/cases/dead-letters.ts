import type { NewJob } from '@millrace/core'
import { ids, type Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { plainRetry, sampleJob } from '../samples.ts'

export const deadLetterCases: CaseGroup = {
  name: 'dead letters',
  cases: {
    'a redriven job starts a new generation, with its history': async (bench) => {
      await bury(bench, sampleJob('a'))
      bench.now += 5
      same(await bench.run('redrive', { limit: 10 }), { redriven: ['a'], conflicts: [] }, 'the reply')
      const { state, generation, attempt, failures, epoch, runAt, extras } = await bench.job('a')
      same(
        { state, generation, attempt, failures, epoch, runAt },
        { state: 'enqueued', generation: 1, attempt: 0, failures: 0, epoch: 1, runAt: bench.now },
        'the job',
      )
      same(
        [extras.reason, extras.fingerprint, extras.errors?.length],
        [undefined, undefined, 1],
        'its extras',
      )
      await bench.complete(await bench.claimOne())
    },

    'redrives what the filter means, and no more than the limit': async (bench) => {
      await bury(bench, sampleJob('a', { name: 'send' }), 'first')
      await bury(bench, sampleJob('b', { name: 'send' }), 'second')
      await bury(bench, sampleJob('c', { name: 'resize' }), 'second')
      await bury(bench, sampleJob('d', { queue: 'other' }), 'second')
      await bench.acceptIds('alive')
      const dry = { dryRun: true, limit: 10 }
      const redriven = async (request: object) =>
        (await bench.run('redrive', { ...dry, ...request })).redriven
      const { fingerprint = '' } = (await bench.job('b')).extras
      same(await redriven({}), ['a', 'b', 'c', 'd'], 'all')
      same(await redriven({ limit: 2 }), ['a', 'b'], 'two')
      same(await redriven({ name: 'send' }), ['a', 'b'], 'by name')
      same(await redriven({ queue: 'other' }), ['d'], 'by queue')
      same(await redriven({ fingerprint }), ['b', 'c', 'd'], 'by fingerprint')
      same(await redriven({ ids: ['c', 'alive', 'nobody'] }), ['c'], 'by id')
      same(await bench.state('a'), 'dead', 'the state after dry runs')
    },

    'redrives at a rate, with another payload': async (bench) => {
      for (const id of ['a', 'b', 'c']) await bury(bench, sampleJob(id))
      await bench.run('redrive', { limit: 10, ratePerSecond: 2, payload: '"mended"' })
      const jobs = await Promise.all(['a', 'b', 'c'].map((id) => bench.job(id)))
      same(
        jobs.map(({ runAt }) => runAt - bench.now),
        [0, 500, 1_000],
        'the run times',
      )
      same(
        jobs.map(({ payload }) => payload),
        ['"mended"', '"mended"', '"mended"'],
        'the payloads',
      )
      same((await bench.count()).bytes, 24, 'the bytes of the queue')
    },

    'leaves a dead letter whose unique key another job holds now': async (bench) => {
      const extras = { unique: { key: 'k', while: 'unfinished', onConflict: 'reject' } } as const
      await bury(bench, sampleJob('a', { extras }))
      await bench.accept(sampleJob('b', { extras }))
      same(await bench.run('redrive', { limit: 10 }), { redriven: [], conflicts: ['a'] }, 'the reply')
      same(await bench.state('a'), 'dead', 'the state')
    },

    'redrives and discards an id that is named twice once': async (bench) => {
      await bench.configure('default', { keyConcurrency: 1 })
      await bury(bench, sampleJob('a', { extras: { key: 'k' } }))
      await bury(bench, sampleJob('b'))
      const redriven = await bench.run('redrive', { ids: ['a', 'a'], limit: 10 })
      same(redriven.redriven, ['a'], 'redriven')
      same(ids(await bench.claim()), ['a'], 'the claim')
      const discarded = await bench.run('discard', { ids: ['b', 'b'], limit: 10 })
      same(discarded.discarded, ['b'], 'discarded')
      same((await bench.count()).dead, 0, 'the count')
    },

    'discards for good': async (bench) => {
      await bury(bench, sampleJob('a'))
      await bury(bench, sampleJob('b'))
      same(
        await bench.run('discard', { ids: ['a'], limit: 10 }),
        { discarded: ['a'], conflicts: [] },
        'the reply',
      )
      same([await bench.state('a'), await bench.state('b')], ['gone', 'dead'], 'the states')
      same((await bench.count()).dead, 1, 'the count')
    },

    'groups dead letters by what killed them': async (bench) => {
      await bury(bench, sampleJob('a'), 'user 17 not found')
      bench.now += 1
      await bury(bench, sampleJob('b'), 'user 4711 not found')
      await bury(bench, sampleJob('c'), 'disk full')
      const { groups } = await bench.run('groupDead', { limit: 100 })
      same(
        groups.map(({ count, example, lastAt }) => [count, example, lastAt]),
        [
          [2, 'b', bench.now],
          [1, 'c', bench.now],
        ],
        'the groups',
      )
    },

    'a job may ask for another one to be told of its death': async (bench) => {
      const onDead = { queue: 'hooks', name: 'tell', version: 1, retry: plainRetry, timeoutMs: 0 }
      await bury(bench, sampleJob('a', { extras: { onDead, correlationId: 'order/7' } }))
      const hook = await bench.claimOne({ queues: [{ queue: 'hooks', weight: 1, credit: 0 }] })
      same(
        [hook.name, hook.extras.causationId, hook.extras.correlationId],
        ['tell', 'a', 'order/7'],
        'the hook',
      )
      const told = JSON.parse(hook.payload as string) as { id: string; reason: string }
      same([told.id, told.reason], ['a', 'nonRetryable'], 'what it is told')
      same(ids(await bench.list()), ['a', hook.id], 'the jobs')
    },
  },
}

async function bury(bench: Bench, job: NewJob, message?: string): Promise<void> {
  await bench.accept(job)
  const queues = [{ queue: job.queue, weight: 1, credit: 0 }]
  await bench.kill(await bench.claimOne({ queues }), message)
}
