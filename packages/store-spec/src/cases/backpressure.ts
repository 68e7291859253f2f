import type { EnqueueReply, NewJob } from '@millrace/core'
import { ids, type Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { holds, same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const backpressureCases: CaseGroup = {
  name: 'backpressure',
  cases: {
    'accepts exactly maxJobs': async (bench) => {
      await bench.configure('default', { maxJobs: 3 })
      await bench.acceptIds('a', 'b', 'c')
      same(await codes(bench, sampleJob('d')), ['QUEUE_FULL'], 'the fourth of three')
      same((await bench.count()).enqueued, 3, 'the count')
    },

    'accepts exactly maxBytes': async (bench) => {
      await bench.configure('default', { maxBytes: 100 })
      await bench.accept(sized('a', 60), sized('b', 39))
      same(await codes(bench, sized('c', 2)), ['QUEUE_FULL'], 'the 101st byte')
      await bench.accept(sized('d', 1))
      same(await codes(bench, sized('e', 1)), ['QUEUE_FULL'], 'one byte more than 100')
      same((await bench.count()).bytes, 100, 'the bytes')
    },

    'counts whatever is unfinished, and nothing else': async (bench) => {
      await bench.configure('default', { maxJobs: 4 })
      await bench.acceptIds('processing', 'retrying')
      await bench.claimOne()
      await bench.fail(await bench.claimOne())
      await bench.accept(sampleJob('scheduled', { runAt: bench.now + 1 }))
      await bench.acceptIds('enqueued')
      same(await codes(bench, sampleJob('fifth')), ['QUEUE_FULL'], 'one more than four unfinished')
      await bench.complete(await bench.job('processing'))
      await bench.acceptIds('fifth')
      await bench.run('cancel', { ids: ['retrying', 'scheduled'], reason: 'test' })
      await bench.acceptIds('sixth', 'seventh')
      same(await codes(bench, sampleJob('eighth')), ['QUEUE_FULL'], 'one more than four unfinished')
    },

    'bounds each queue for itself': async (bench) => {
      await bench.configure('default', { maxJobs: 1 })
      await bench.acceptIds('a')
      await bench.accept(sampleJob('b', { queue: 'other' }), sampleJob('c', { queue: 'other' }))
      same(await codes(bench, sampleJob('d')), ['QUEUE_FULL'], 'the full queue')
    },

    'says when there may be room again': async (bench) => {
      await bench.configure('default', { maxJobs: 1 })
      await bench.acceptIds('a')
      const result = (await bench.enqueue(sampleJob('b'))).results[0]
      holds(
        result?.outcome === 'refused' && result.retryAfterMs !== undefined && result.retryAfterMs > 0,
        `no retryAfterMs in ${JSON.stringify(result)}`,
      )
    },

    'never refuses children, retries and what is exempt, but counts them': async (bench) => {
      await bench.configure('default', { maxJobs: 1 })
      await bench.acceptIds('a')
      const job = await bench.claimOne()
      await bench.run('enqueue', { jobs: [sampleJob('child')], atomic: false, by: job })
      await bench.run('enqueue', { jobs: [sampleJob('occurrence')], atomic: false, exempt: true })
      await bench.fail(job)
      same(await bench.state('a'), 'retrying', 'the failed job')
      same(ids(await bench.list()), ['a', 'child', 'occurrence'], 'the jobs')
      await bench.complete(await bench.claimOne())
      same(await codes(bench, sampleJob('b')), ['QUEUE_FULL'], 'a newcomer while two are unfinished')
    },

    'sheds the oldest job that has not started': async (bench) => {
      await bench.configure('default', { maxJobs: 3, overflow: 'shedOldest' })
      await bench.acceptIds('running')
      await bench.claimOne()
      await bench.acceptIds('old', 'young', 'new')
      same(await bench.state('running'), 'processing', 'the running job')
      same(await bench.state('old'), 'expired', 'the oldest job')
      same(await bench.state('young'), 'enqueued', 'the younger job')
      same(await bench.state('new'), 'enqueued', 'the newcomer')
    },

    'refuses when there is nothing to shed': async (bench) => {
      await bench.configure('default', { maxJobs: 1, overflow: 'shedOldest' })
      await bench.acceptIds('running')
      await bench.claimOne()
      same(await codes(bench, sampleJob('new')), ['QUEUE_FULL'], 'the newcomer')
      same(await bench.state('running'), 'processing', 'the running job')
    },

    'sheds as many as the newcomer needs, and none if that would not help': async (bench) => {
      await bench.configure('default', { maxBytes: 100, overflow: 'shedOldest' })
      await bench.accept(sized('a', 30), sized('b', 30), sized('c', 30))
      await bench.accept(sized('d', 70))
      same(
        await statesOf(bench, 'a', 'b', 'c', 'd'),
        ['expired', 'expired', 'enqueued', 'enqueued'],
        'after 70',
      )
      same(await codes(bench, sized('e', 101)), ['QUEUE_FULL'], 'a job larger than the queue')
      same(await statesOf(bench, 'c', 'd'), ['enqueued', 'enqueued'], 'after 101')
    },

    'sheds nothing in vain': async (bench) => {
      await bench.configure('default', { maxBytes: 100, overflow: 'shedOldest' })
      await bench.accept(sized('running', 90))
      await bench.claimOne()
      await bench.accept(sized('waiting', 10))
      same(await codes(bench, sized('new', 50)), ['QUEUE_FULL'], 'the newcomer')
      same(await bench.state('waiting'), 'enqueued', 'the job that waited')
    },

    'sheds the lowest for a better one, and refuses a worse one': async (bench) => {
      await bench.configure('default', { maxJobs: 2, overflow: 'shedLowest' })
      await bench.accept(sampleJob('high', { priority: 5 }), sampleJob('low', { priority: 1 }))
      same(await codes(bench, sampleJob('lowest', { priority: 0 })), ['QUEUE_FULL'], 'a worse newcomer')
      await bench.accept(sampleJob('middle', { priority: 3 }))
      same(await statesOf(bench, 'high', 'low', 'middle'), ['enqueued', 'expired', 'enqueued'], 'the states')
    },

    'sheds the lowest however long it has waited, and of equals the newest': async (bench) => {
      await bench.configure('default', { maxJobs: 3, overflow: 'shedLowest' })
      await bench.accept(sampleJob('old', { priority: 0 }), sampleJob('equal', { priority: 0 }))
      bench.now += 3_600_000
      await bench.accept(sampleJob('better', { priority: 1 }), sampleJob('first', { priority: 2 }))
      same(await statesOf(bench, 'old', 'equal'), ['enqueued', 'expired'], 'the states of the equals')
      await bench.accept(sampleJob('second', { priority: 2 }))
      same(await statesOf(bench, 'old', 'better'), ['expired', 'enqueued'], 'the states at the end')
    },

    'tells of saturation and relief, once each': async (bench) => {
      await bench.configure('default', { maxJobs: 10, watermarks: { high: 0.8, low: 0.5 } })
      await bench.acceptIds('1', '2', '3', '4', '5', '6', '7')
      same((await bench.count()).saturated, false, 'saturated at 7 of 10')
      await bench.acceptIds('8')
      same((await bench.count()).saturated, true, 'saturated at 8 of 10')
      await bench.complete(await bench.claimOne())
      await bench.complete(await bench.claimOne())
      same((await bench.count()).saturated, true, 'saturated at 6 of 10')
      await bench.complete(await bench.claimOne())
      same((await bench.count()).saturated, false, 'saturated at 5 of 10')
    },

    'is relieved by cancelling too': async (bench) => {
      await bench.configure('default', { maxJobs: 4, watermarks: { high: 1, low: 0.5 } })
      await bench.acceptIds('1', '2', '3', '4')
      same((await bench.count()).saturated, true, 'saturated at 4 of 4')
      await bench.run('cancel', { ids: ['1', '2', '3'], reason: 'test' })
      same((await bench.count()).saturated, false, 'saturated at 1 of 4')
    },
  },
}

function sized(id: string, bytes: number): NewJob {
  return sampleJob(id, { payload: 'x'.repeat(bytes) })
}

async function codes(bench: Bench, ...jobs: readonly NewJob[]): Promise<readonly string[]> {
  const { results }: EnqueueReply = await bench.enqueue(...jobs)
  return results.map((result) => (result.outcome === 'refused' ? result.code : result.outcome))
}

function statesOf(bench: Bench, ...names: readonly string[]): Promise<readonly string[]> {
  return Promise.all(names.map((id) => bench.state(id)))
}
