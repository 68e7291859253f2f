import type { QueueConfig } from '@millrace/core'
import type { Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const retentionCases: CaseGroup = {
  name: 'retention',
  cases: {
    'ended jobs are forgotten at their age, not before': async (bench) => {
      await bench.configure('default', { retention: retain({ ageMs: 1_000, count: 100 }) })
      await completeAll(bench, 'a')
      bench.now += 999
      same(await bench.run('prune', { limit: 100 }), { pruned: 0 }, 'pruned before')
      bench.now += 1
      same(await bench.run('prune', { limit: 100 }), { pruned: 1 }, 'pruned at the age')
      same([await bench.state('a'), (await bench.count()).completed], ['gone', 0], 'the job and the count')
    },

    'no more ended jobs are kept than configured, and the oldest go first': async (bench) => {
      await bench.configure('default', { retention: retain({ ageMs: 86_400_000, count: 2 }) })
      await completeAll(bench, 'a', 'b', 'c', 'd')
      same(
        (await bench.list()).map(({ id }) => id),
        ['c', 'd'],
        'the jobs kept',
      )
      same((await bench.count()).completed, 2, 'the count')
    },

    'unfinished jobs are never forgotten': async (bench) => {
      await bench.configure('default', { retention: retain({ ageMs: 0, count: 0 }) })
      await bench.accept(sampleJob('scheduled', { runAt: bench.now + 1e9 }), sampleJob('a'), sampleJob('b'))
      await bench.fail(await bench.claimOne())
      await bench.claimOne()
      bench.now += 1e8
      same(await bench.run('prune', { limit: 100 }), { pruned: 0 }, 'pruned')
      same((await bench.list()).length, 3, 'the jobs')
    },

    'a parent is kept as long as a child waits for it': async (bench) => {
      await bench.configure('default', { retention: retain({ ageMs: 0, count: 0 }) })
      const parents = [
        { id: 'first', onFailure: 'fail' },
        { id: 'second', onFailure: 'fail' },
      ] as const
      await bench.accept(sampleJob('first'), sampleJob('second'), sampleJob('child', { extras: { parents } }))
      await bench.complete(await bench.claimOne(), '"of the first"')
      same(await bench.state('first'), 'completed', 'the first parent')
      await bench.complete(await bench.claimOne())
      await bench.complete(await bench.claimOne())
      await bench.run('prune', { limit: 100 })
      same(await bench.list(), [], 'the jobs after the end of all')
    },

    'jobs that are still needed do not keep others from being forgotten': async (bench) => {
      await bench.configure('default', { retention: retain({ ageMs: 1_000, count: 100 }) })
      const parents = [{ id: 'parent', onFailure: 'fail' }] as const
      const child = sampleJob('child', { runAt: bench.now + 1e9, extras: { parents } })
      await bench.accept(sampleJob('parent'), child)
      await bench.complete(await bench.claimOne())
      bench.now += 1
      await completeAll(bench, 'other')
      bench.now += 1_000
      for (let turn = 0; turn < 3; turn++) await bench.run('prune', { limit: 1 })
      same([await bench.state('parent'), await bench.state('other')], ['completed', 'gone'], 'the states')
    },
  },
}

function retain(kept: { readonly ageMs: number; readonly count: number }): QueueConfig['retention'] {
  return { completed: kept, dead: kept, cancelled: kept, expired: kept }
}

async function completeAll(bench: Bench, ...names: readonly string[]): Promise<void> {
  for (const id of names) {
    await bench.acceptIds(id)
    await bench.complete(await bench.claimOne())
  }
}
