import { ids, type Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { holds, same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const claimCases: CaseGroup = {
  name: 'claim',
  cases: {
    'gives a lease with a new fencing token': async (bench) => {
      await bench.acceptIds('a')
      bench.now += 5
      const job = await bench.claimOne({ owner: 'w1', leaseMs: 1_000 })
      const { state, attempt, epoch, owner, leaseUntil, since } = job
      same(
        { state, attempt, epoch, owner, leaseUntil, since },
        {
          state: 'processing',
          attempt: 1,
          epoch: 1,
          owner: 'w1',
          leaseUntil: bench.now + 1_000,
          since: bench.now,
        },
        'the claimed job',
      )
      same(await bench.job('a'), job, 'the stored job')
    },

    'gives no job twice': async (bench) => {
      await bench.acceptIds('a', 'b', 'c')
      same(ids(await bench.claim({ limit: 2 })), ['a', 'b'], 'the first claim')
      same(ids(await bench.claim({ limit: 2, owner: 'w2' })), ['c'], 'the second claim')
      same(await bench.claim(), [], 'the third claim')
    },

    'gives no job twice to claims made at once': async (bench) => {
      const names = Array.from({ length: 60 }, (_, index) => `job-${index}`)
      await bench.acceptIds(...names)
      const claims = await Promise.all(
        Array.from({ length: 30 }, (_, index) => bench.claim({ owner: `w${index}`, limit: 3 })),
      )
      const claimed = claims.flatMap(ids)
      same(claimed.length, 60, 'jobs claimed')
      same([...new Set(claimed)].sort(), [...names].sort(), 'the jobs claimed')
    },

    'answers at most the limit, and nothing for none': async (bench) => {
      await bench.acceptIds('a', 'b')
      same(await bench.claim({ limit: 0 }), [], 'a claim of none')
      same(ids(await bench.claim({ limit: 1 })), ['a'], 'a claim of one')
    },

    'answers nothing from a queue nobody has heard of': async (bench) => {
      same(await bench.claim({ queues: [{ queue: 'unheard', weight: 1, credit: 0 }] }), [], 'the claim')
    },

    'takes jobs in the order of acceptance': async (bench) => {
      await bench.acceptIds('c', 'a', 'b')
      same(ids(await bench.claim()), ['c', 'a', 'b'], 'the order')
    },

    'gives priority a head start in time': async (bench) => {
      await bench.configure('default', { ageing: 1_000 })
      await bench.accept(sampleJob('old'))
      bench.now += 1_999
      await bench.accept(sampleJob('young', { priority: 2 }))
      bench.now += 2
      await bench.accept(sampleJob('younger', { priority: 2 }))
      same(ids(await bench.claim()), ['young', 'old', 'younger'], 'the order')
    },

    'lets strict priority win over any wait': async (bench) => {
      await bench.configure('default', { ageing: Infinity })
      await bench.accept(sampleJob('low', { priority: -1 }), sampleJob('middle'))
      bench.now += 10 * 365 * 86_400_000
      await bench.accept(sampleJob('high', { priority: 1 }))
      same(ids(await bench.claim()), ['high', 'middle', 'low'], 'the order')
    },

    'takes only the named jobs': async (bench) => {
      await bench.accept(
        sampleJob('a', { name: 'send' }),
        sampleJob('b', { name: 'resize' }),
        sampleJob('c', { name: 'send' }),
      )
      same(ids(await bench.claim({ names: ['resize'] })), ['b'], 'the claim for resize')
      same(ids(await bench.claim({ names: ['unheard', 'send'] })), ['a', 'c'], 'the claim for send')
    },

    'promotes what is due, and tells when the next will be': async (bench) => {
      await bench.accept(
        sampleJob('soon', { runAt: bench.now + 10 }),
        sampleJob('later', { runAt: bench.now + 30 }),
      )
      const early = await bench.claimReply()
      same([ids(early.jobs), early.nextAt], [[], bench.now + 10], 'the early claim')
      bench.now += 10
      const { jobs, nextAt } = await bench.claimReply()
      same([ids(jobs), nextAt], [['soon'], bench.now + 20], 'the claim in time')
    },

    'never starts a job after its deadline': async (bench) => {
      await bench.accept(sampleJob('late', { extras: { deadline: bench.now + 10 } }), sampleJob('free'))
      bench.now += 10
      same(ids(await bench.claim({ limit: 1 })), ['free'], 'the claim')
      same(await bench.state('late'), 'expired', 'the late job')
    },

    'splits its slots between queues by weight': async (bench) => {
      const jobs = ['high', 'default', 'low'].flatMap((queue) =>
        Array.from({ length: 100 }, (_, index) => sampleJob(`${queue}-${index}`, { queue })),
      )
      await bench.accept(...jobs)
      const counts = await claimWeighted(bench, { high: 4, default: 4, low: 2 }, 10, 5)
      same(counts, { high: 20, default: 20, low: 10 }, 'jobs per queue')
    },

    'gives what an empty queue leaves to the others': async (bench) => {
      await bench.accept(
        ...Array.from({ length: 20 }, (_, index) => sampleJob(`low-${index}`, { queue: 'low' })),
      )
      same(await claimWeighted(bench, { high: 8, low: 1 }, 10, 2), { high: 0, low: 20 }, 'jobs per queue')
    },

    'goes on when the clock is set back': async (bench) => {
      await bench.acceptIds('a', 'b')
      const job = await bench.claimOne({ leaseMs: 1_000 })
      bench.now -= 3_600_000
      await bench.acceptIds('c')
      same((await bench.reap()).reaped, 0, 'reaped')
      same(ids(await bench.claim({ owner: 'w2', limit: 1 })).length, 1, 'jobs claimed in the past')
      same(await bench.complete(job), ['settled'], 'the end of an attempt of the future')
      bench.now += 3_600_000
      same(ids(await bench.claim()).length, 1, 'jobs claimed afterwards')
    },

    'takes nothing from a paused queue': async (bench) => {
      await bench.acceptIds('a', 'b')
      await bench.run('pause', { queue: 'default', paused: true })
      await bench.acceptIds('c')
      same(await bench.claim(), [], 'the claim')
      same((await bench.count()).paused, true, 'paused')
      await bench.run('pause', { queue: 'default', paused: false })
      same(ids(await bench.claim()), ['a', 'b', 'c'], 'the claim after')
    },
  },
}

/** Claims several times with the credits of the claim before; answers how many jobs came from each queue. */
async function claimWeighted(
  bench: Bench,
  weights: Readonly<Record<string, number>>,
  limit: number,
  times: number,
): Promise<Readonly<Record<string, number>>> {
  let queues = Object.entries(weights).map(([queue, weight]) => ({ queue, weight, credit: 0 }))
  const counts: Record<string, number> = Object.fromEntries(queues.map(({ queue }) => [queue, 0]))
  for (let claim = 0; claim < times; claim++) {
    const { jobs, credits } = await bench.claimReply({ limit, queues })
    holds(jobs.length === limit, `a claim answered ${jobs.length} jobs, expected ${limit}`)
    for (const job of jobs) counts[job.queue] = counts[job.queue]! + 1
    queues = queues.map((share, index) => ({ ...share, credit: credits[index]! }))
  }
  return counts
}
