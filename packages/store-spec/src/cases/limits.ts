import type { NewJob } from '@millrace/core'
import { ids } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const limitCases: CaseGroup = {
  name: 'limits',
  cases: {
    'no more jobs of a queue run than its concurrency': async (bench) => {
      await bench.configure('default', { concurrency: 2 })
      await bench.acceptIds('a', 'b', 'c', 'd')
      const [first] = await bench.claim({ owner: 'w1' })
      same(await bench.claim({ owner: 'w2' }), [], 'a claim while two run')
      await bench.complete(first!)
      same(ids(await bench.claim({ owner: 'w2' })), ['c'], 'a claim while one runs')
    },

    'a crashed job frees its slot when it is reaped': async (bench) => {
      await bench.configure('default', { concurrency: 1 })
      await bench.acceptIds('a', 'b')
      await bench.claimOne({ owner: 'gone' })
      await bench.reap(['gone'])
      same(ids(await bench.claim()), ['b'], 'the claim')
    },

    'no more jobs start than the rate allows': async (bench) => {
      await bench.configure('default', { rate: { limit: 2, perMs: 1_000 } })
      await bench.acceptIds('a', 'b', 'c', 'd')
      const first = await bench.claimReply()
      same([ids(first.jobs), first.nextAt], [['a', 'b'], bench.now + 500], 'the first claim')
      bench.now += 499
      same(await bench.claim(), [], 'a claim too early')
      bench.now += 1
      same(ids(await bench.claim()), ['c'], 'a claim in time')
      bench.now += 60_000
      await bench.acceptIds('e', 'f')
      same(ids(await bench.claim()), ['d', 'e'], 'a claim after a long rest')
    },

    'a worker is not woken by the rate while it is slots that are missing': async (bench) => {
      await bench.configure('default', { concurrency: 1, rate: { limit: 10, perMs: 1_000 } })
      await bench.acceptIds('a', 'b')
      await bench.claimOne({ leaseMs: 30_000 })
      same((await bench.claimReply()).nextAt, bench.now + 30_000, 'the time of the next look')
    },

    'jobs of one key run first in, first out, one at a time': async (bench) => {
      await bench.configure('default', { keyConcurrency: 1 })
      await bench.accept(keyed('a1', 'a'), keyed('a2', 'a'), keyed('b1', 'b'), keyed('a3', 'a'))
      same([await bench.state('a2'), await bench.state('a3')], ['blocked', 'blocked'], 'the next of the key')
      const [a1] = await bench.claim({ limit: 10 })
      same(a1!.id, 'a1', 'the first of the key')
      same(await bench.claim(), [], 'a claim while it runs')
      await bench.complete(a1!)
      same(ids(await bench.claim()), ['a2'], 'the second of the key')
    },

    'a job that waits for its retry keeps its place at the head of its key': async (bench) => {
      await bench.configure('default', { keyConcurrency: 1 })
      await bench.accept(keyed('a1', 'a'), keyed('a2', 'a'))
      await bench.fail(await bench.claimOne())
      same(await bench.claim(), [], 'a claim during the backoff')
      bench.now += 1_000
      same(ids(await bench.claim()), ['a1'], 'a claim after it')
    },

    'a key of two runs two': async (bench) => {
      await bench.configure('default', { keyConcurrency: 2 })
      await bench.accept(keyed('a1', 'a'), keyed('a2', 'a'), keyed('a3', 'a'))
      same(ids(await bench.claim()), ['a1', 'a2'], 'the claim')
    },

    'whatever ends a job hands its key on': async (bench) => {
      await bench.configure('default', { keyConcurrency: 1 })
      await bench.accept(...['1', '2', '3', '4', '5'].map((id) => keyed(id, 'a')))
      await bench.complete(await bench.claimOne())
      await bench.kill(await bench.claimOne())
      await bench.run('cancel', { ids: ['3'], reason: 'test' })
      same(await bench.state('4'), 'enqueued', 'the job after the cancelled one')
      const fourth = await bench.claimOne()
      await bench.run('cancel', { ids: ['4'], reason: 'test' })
      await bench.fail(fourth)
      same(await bench.state('5'), 'enqueued', 'the job after the one cancelled while it ran')
    },

    'fair order serves keys in turn, by weight': async (bench) => {
      await bench.configure('default', { order: 'fair', keyWeights: { big: 2 } })
      await bench.accept(
        ...Array.from({ length: 6 }, (_, index) => keyed(`small-${index}`, 'small')),
        ...Array.from({ length: 6 }, (_, index) => keyed(`big-${index}`, 'big')),
      )
      const claimed = ids(await bench.claim({ limit: 6 }))
      same(claimed.filter((id) => id.startsWith('big')).length, 4, 'jobs of the key with twice the weight')
    },

    'a key that comes late does not wait behind the backlog of another': async (bench) => {
      await bench.configure('default', { order: 'fair' })
      await bench.accept(...Array.from({ length: 10 }, (_, index) => keyed(`busy-${index}`, 'busy')))
      await bench.claim({ limit: 3 })
      await bench.accept(keyed('late', 'late'))
      same(ids(await bench.claim({ limit: 2 })).includes('late'), true, 'the late key among the next two')
    },

    'keys with the names of what objects inherit are plain keys': async (bench) => {
      await bench.configure('default', { order: 'fair', keyWeights: { big: 2 } })
      await bench.accept(
        keyed('1', 'constructor'),
        keyed('2', '__proto__'),
        keyed('3', 'big'),
        keyed('4', '__proto__'),
      )
      same([...ids(await bench.claim())].sort(), ['1', '2', '3', '4'], 'the claim')
      same((await bench.job('2')).rank, 0, 'the rank of the first of its key')
      same((await bench.job('4')).rank, 1, 'the rank of the second of its key')
    },
  },
}

function keyed(id: string, key: string): NewJob {
  return sampleJob(id, { extras: { key } })
}
