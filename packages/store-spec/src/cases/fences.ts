import type { Job } from '@millrace/core'
import type { Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { holds, rejects, same } from '../check.ts'
import { plainRetry, sampleJob } from '../samples.ts'

export const fenceCases: CaseGroup = {
  name: 'fences',
  cases: {
    'a result that comes late, but before anyone reaped, is accepted': async (bench) => {
      await bench.acceptIds('a')
      const job = await bench.claimOne({ leaseMs: 1_000 })
      bench.now += 60_000
      same(await bench.complete(job, '1'), ['settled'], 'the outcome')
      same(await bench.state('a'), 'completed', 'the state')
    },

    'nothing a reaped worker says changes anything': async (bench) => {
      await bench.acceptIds('a')
      const stale = await bench.claimOne({ owner: 'slow', leaseMs: 1_000 })
      bench.now += 1_001
      await bench.reap()
      await everyWriteIsLost(bench, stale, 'before the job runs again')
      bench.now += 1_000
      const live = await bench.claimOne({ owner: 'fresh' })
      await everyWriteIsLost(bench, stale, 'while the job runs again')
      same(await bench.complete(live), ['settled'], 'the outcome of the live attempt')
      await everyWriteIsLost(bench, stale, 'after the job has ended')
    },

    'nothing is accepted from the future or the past': async (bench) => {
      await bench.acceptIds('a')
      const job = await bench.claimOne()
      for (const epoch of [0, 2, -1]) await everyWriteIsLost(bench, { ...job, epoch }, `with epoch ${epoch}`)
    },

    'a second result of the same attempt is lost': async (bench) => {
      await bench.acceptIds('a')
      const job = await bench.claimOne()
      const outcomes = await Promise.all([
        bench.complete(job, '1'),
        bench.complete(job, '2'),
        bench.fail(job),
      ])
      same(outcomes, [['settled'], ['lost'], ['lost']], 'the outcomes')
      same((await bench.job('a')).extras.result, '1', 'the result')
    },

    'reaping raises the epoch at once, and claiming again': async (bench) => {
      await bench.acceptIds('a')
      same((await bench.claimOne({ owner: 'gone' })).epoch, 1, 'the first claim')
      await bench.reap(['gone'])
      same((await bench.job('a')).epoch, 2, 'after the reap')
      bench.now += 1_000
      same((await bench.claimOne()).epoch, 3, 'the second claim')
    },

    'the epoch goes on rising over redrives': async (bench) => {
      await bench.acceptIds('a')
      let last = 0
      for (let round = 0; round < 3; round++) {
        const job = await bench.claimOne()
        holds(job.epoch > last, `epoch ${job.epoch} after ${last}`)
        last = job.epoch
        await bench.kill(job)
        await bench.run('redrive', { limit: 10 })
      }
    },

    'a released attempt can write no more': async (bench) => {
      await bench.acceptIds('a')
      const job = await bench.claimOne()
      await bench.settle({ id: 'a', epoch: job.epoch, outcome: 'release' })
      await everyWriteIsLost(bench, job, 'after the release')
    },

    'a job reaped too often is dead: poison': async (bench) => {
      await bench.accept(sampleJob('a', { retry: { ...plainRetry, maxCrashes: 2 } }))
      for (let crash = 1; crash <= 2; crash++) {
        await bench.claimOne({ leaseMs: 1_000 })
        bench.now += 1_001
        await bench.reap()
        bench.now += 60_000
      }
      const { state, crashes, failures, extras } = await bench.job('a')
      same([state, crashes, failures, extras.reason], ['dead', 2, 0, 'poison'], 'the job')
      same(extras.errors?.[1]?.bucket, 'crash', 'the bucket of the error')
    },
  },
}

async function everyWriteIsLost(bench: Bench, { id, epoch }: Job, when: string): Promise<void> {
  const before = await bench.list()
  const error = { name: 'Error', message: 'stale' }
  const outcomes = await bench.settle(
    { id, epoch, outcome: 'complete', result: '"stale"' },
    { id, epoch, outcome: 'fail', bucket: 'failure', error },
    { id, epoch, outcome: 'snooze', delayMs: 1 },
    { id, epoch, outcome: 'release' },
  )
  same(outcomes, ['lost', 'lost', 'lost', 'lost'], `settlements ${when}`)
  const renewed = await bench.run('renew', { leaseMs: 60_000, held: [{ id, epoch }] })
  same(renewed, { lost: [{ id, epoch }], cancels: [] }, `renewal ${when}`)
  same(await bench.run('note', { id, epoch, progress: 1 }), { outcome: 'lost' }, `note ${when}`)
  const child = bench.run('enqueue', { jobs: [sampleJob('child')], atomic: false, by: { id, epoch } })
  await rejects(child, 'LEASE_LOST', `a child ${when}`)
  same(await bench.list(), before, `the jobs ${when}`)
}
