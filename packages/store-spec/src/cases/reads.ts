import { noCounters, type QueueCount } from '@millrace/core'
import { ids } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const readCases: CaseGroup = {
  name: 'reads',
  cases: {
    'answer nothing for what is not there': async (bench) => {
      same(await bench.run('findJob', { id: 'nobody' }), { jobs: [] }, 'findJob')
      same(await bench.run('listJobs', { limit: 10 }), { jobs: [] }, 'listJobs')
      same(await bench.run('countJobs', {}), { queues: [] }, 'countJobs')
      same(await bench.run('groupDead', { limit: 10 }), { groups: [] }, 'groupDead')
      same(await bench.run('listSchedules', {}), { schedules: [] }, 'listSchedules')
    },

    'list page by page, each job once': async (bench) => {
      const names = Array.from({ length: 25 }, (_, index) => `job-${index}`)
      await bench.acceptIds(...names)
      await bench.claim({ limit: 7 })
      const pages: (readonly string[])[] = []
      for (let after = 0; pages.length < 5;) {
        const { jobs } = await bench.run('listJobs', { after, limit: 10 })
        if (jobs.length === 0) break
        pages.push(ids(jobs))
        after = jobs.at(-1)!.seq
      }
      same(
        pages.map((page) => page.length),
        [10, 10, 5],
        'the lengths of the pages',
      )
      same(pages.flat(), names, 'the jobs')
    },

    'list by queue, state and name': async (bench) => {
      await bench.accept(
        sampleJob('a', { name: 'send' }),
        sampleJob('b', { name: 'resize' }),
        sampleJob('c', { name: 'send', queue: 'other' }),
        sampleJob('d', { name: 'send', runAt: bench.now + 1 }),
      )
      const listed = async (filter: object) =>
        ids((await bench.run('listJobs', { limit: 10, ...filter })).jobs)
      same(await listed({ queue: 'other' }), ['c'], 'by queue')
      same(await listed({ state: 'scheduled' }), ['d'], 'by state')
      same(await listed({ name: 'send' }), ['a', 'c', 'd'], 'by name')
      same(await listed({ queue: 'default', state: 'enqueued', name: 'send' }), ['a'], 'by all three')
      same(await listed({ queue: 'unheard' }), [], 'of a queue nobody has heard of')
      same(await listed({ limit: 0 }), [], 'none')
    },

    'count every state of every queue': async (bench) => {
      await bench.configure('default', { keyConcurrency: 1 })
      await bench.configure('empty', {})
      await bench.acceptIds('processing', 'retrying', 'completed', 'dead')
      const [, retrying, completed, dead] = await bench.claim()
      await bench.fail(retrying!)
      await bench.complete(completed!)
      await bench.kill(dead!)
      await bench.accept(
        sampleJob('enqueued', { extras: { key: 'k' } }),
        sampleJob('blocked', { extras: { key: 'k' } }),
        sampleJob('scheduled', { runAt: bench.now + 100 }),
        sampleJob('cancelled'),
        sampleJob('expired', { extras: { deadline: bench.now + 1 } }),
        sampleJob('elsewhere', { queue: 'other' }),
      )
      await bench.run('cancel', { ids: ['cancelled'], reason: 'test' })
      bench.now += 1
      await bench.reap()
      const unfinished = (await bench.list()).filter(
        (job) => job.queue === 'default' && isUnfinished(job.state),
      )
      const bytes = unfinished.reduce((sum, job) => sum + job.bytes, 0)
      const each = {
        scheduled: 1,
        blocked: 1,
        enqueued: 1,
        processing: 1,
        retrying: 1,
        completed: 1,
        dead: 1,
        cancelled: 1,
        expired: 1,
      }
      same({ ...(await bench.count()) }, countOf('default', { ...each, lag: 1, bytes }), 'the counts')
      const elsewhere = await bench.job('elsewhere')
      same(
        { ...(await bench.count('other')) },
        countOf('other', { enqueued: 1, lag: 1, bytes: elsewhere.bytes }),
        'the counts of the other queue',
      )
      same({ ...(await bench.count('empty')) }, countOf('empty', {}), 'the counts of the empty queue')
    },

    'explain why a job waits, and until when': async (bench) => {
      await bench.accept(sampleJob('scheduled', { runAt: bench.now + 50 }), sampleJob('a'), sampleJob('b'))
      const explain = (id: string) => bench.run('explain', { id })
      same(
        await explain('scheduled'),
        { hindrances: [{ kind: 'notDue', runAt: bench.now + 50 }], mayStartAt: bench.now + 50 },
        'the scheduled job',
      )
      same(
        await explain('b'),
        { hindrances: [{ kind: 'inLine', ahead: 1 }], mayStartAt: bench.now },
        'the second in line',
      )
      await bench.run('pause', { queue: 'default', paused: true })
      same(
        (await explain('a')).hindrances.map(({ kind }) => kind),
        ['inLine', 'paused'],
        'in a paused queue',
      )
      same((await explain('nobody')).hindrances, [{ kind: 'notFound' }], 'a job that is not there')
    },
  },
}

function countOf(queue: string, given: Partial<QueueCount>): QueueCount {
  return { queue, paused: false, saturated: false, lag: 0, ...noCounters, ...given }
}

function isUnfinished(state: string): boolean {
  return ['scheduled', 'blocked', 'enqueued', 'processing', 'retrying'].includes(state)
}
