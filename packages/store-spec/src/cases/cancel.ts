import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const cancelCases: CaseGroup = {
  name: 'cancel',
  cases: {
    'ends at once whatever is not running': async (bench) => {
      await bench.configure('default', { keyConcurrency: 1 })
      await bench.accept(
        sampleJob('retrying'),
        sampleJob('scheduled', { runAt: bench.now + 10 }),
        sampleJob('holder', { extras: { key: 'k' } }),
        sampleJob('blocked', { extras: { key: 'k' } }),
      )
      await bench.fail(await bench.claimOne())
      const ids = ['retrying', 'scheduled', 'holder', 'blocked']
      const { outcomes } = await bench.run('cancel', { ids, reason: 'not needed' })
      same(outcomes, ['cancelled', 'cancelled', 'cancelled', 'cancelled'], 'the outcomes')
      for (const id of ids) same(await bench.state(id), 'cancelled', `the state of ${id}`)
      same(
        (await bench.job('scheduled')).extras.cancel,
        { reason: 'not needed', at: bench.now },
        'the request',
      )
      bench.now += 60_000
      same(await bench.claim(), [], 'a claim later')
    },

    'asks a running job to stop, once': async (bench) => {
      await bench.acceptIds('a')
      const job = await bench.claimOne()
      const ask = (reason: string) => bench.run('cancel', { ids: ['a'], reason })
      same(await ask('first'), { outcomes: ['requested'] }, 'the first request')
      same(await ask('second'), { outcomes: ['requested'] }, 'the second request')
      same((await bench.job('a')).extras.cancel?.reason, 'first', 'the reason')
      same(await bench.fail(job), ['settled'], 'the end of the attempt')
      same(await bench.state('a'), 'cancelled', 'the state')
    },

    'comes too late for a completion that was first': async (bench) => {
      await bench.acceptIds('a')
      const job = await bench.claimOne()
      await bench.run('cancel', { ids: ['a'], reason: 'test' })
      await bench.complete(job, '1')
      same([await bench.state('a'), (await bench.job('a')).extras.result], ['completed', '1'], 'the job')
    },

    'reaches a job whose worker crashed, when it is reaped': async (bench) => {
      await bench.acceptIds('a')
      await bench.claimOne({ owner: 'gone' })
      await bench.run('cancel', { ids: ['a'], reason: 'test' })
      await bench.reap(['gone'])
      same(await bench.state('a'), 'cancelled', 'the state')
    },

    'says what has ended and what is unknown': async (bench) => {
      await bench.acceptIds('a')
      await bench.complete(await bench.claimOne())
      const { outcomes } = await bench.run('cancel', { ids: ['a', 'nobody'], reason: 'test' })
      same(outcomes, ['ended', 'notFound'], 'the outcomes')
      same(await bench.state('a'), 'completed', 'the state')
    },
  },
}
