import type { Reply, Schedule } from '@millrace/core'
import { ids, type Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const scheduleCases: CaseGroup = {
  name: 'schedules',
  cases: {
    'are kept as they were given, once each, until dropped': async (bench) => {
      const nightly = schedule(bench, 'nightly')
      same(await bench.run('putSchedule', { schedule: nightly }), { outcome: 'stored' }, 'the first put')
      same(await bench.run('putSchedule', { schedule: nightly }), { outcome: 'unchanged' }, 'the same again')
      const changed = { ...nightly, overlap: 'skip' } as const
      same(await bench.run('putSchedule', { schedule: changed }), { outcome: 'stored' }, 'a changed one')
      same(await bench.run('listSchedules', {}), { schedules: [changed] }, 'the list')
      same(await bench.run('dropSchedule', { id: 'nightly' }), { outcome: 'dropped' }, 'the drop')
      same(await bench.run('dropSchedule', { id: 'nightly' }), { outcome: 'notFound' }, 'the drop again')
      same(await bench.run('listSchedules', {}), { schedules: [] }, 'the list after')
    },

    'fire each occurrence once, however many fire it': async (bench) => {
      const minutely = schedule(bench, 'minutely')
      await bench.run('putSchedule', { schedule: minutely })
      const replies = await Promise.all(Array.from({ length: 5 }, () => fire(bench, minutely)))
      same(replies.flatMap(({ fired }) => fired).length, 1, 'the jobs made')
      same(ids(await bench.list()), [`minutely@${minutely.nextAt}`], 'the jobs')
      const [kept] = (await bench.run('listSchedules', {})).schedules
      same(
        [kept?.nextAt, kept?.lastJob],
        [minutely.nextAt + 60_000, `minutely@${minutely.nextAt}`],
        'the schedule',
      )
      const job = await bench.claimOne()
      same(job.extras.schedule, { id: 'minutely', nominalAt: minutely.nextAt }, 'what the job knows')
    },

    'fire past a full queue': async (bench) => {
      await bench.configure('default', { maxJobs: 1 })
      await bench.acceptIds('a')
      const minutely = schedule(bench, 'minutely')
      await bench.run('putSchedule', { schedule: minutely })
      same((await fire(bench, minutely)).fired.length, 1, 'the jobs made')
    },

    'queue an occurrence behind the one before it': async (bench) => {
      const minutely = schedule(bench, 'minutely')
      await bench.run('putSchedule', { schedule: minutely })
      await fire(bench, minutely)
      const first = await bench.claimOne()
      bench.now += 60_000
      await fire(bench, { ...minutely, nextAt: minutely.nextAt + 60_000 })
      same(await bench.claim(), [], 'a claim while the first runs')
      await bench.kill(first)
      same((await bench.claim()).length, 1, 'a claim after it')
    },
  },
}

function schedule(bench: Bench, id: string): Schedule {
  return {
    id,
    spec: { cron: '* * * * *', timeZone: 'Europe/Berlin' },
    missed: 'latest',
    overlap: 'queue',
    template: sampleJob('template', { priority: 2 }),
    nextAt: bench.now,
    lastJob: '',
    paused: false,
  }
}

function fire(bench: Bench, { id, nextAt }: Schedule): Promise<Reply<'fire'>> {
  const occurrences = [{ id: `${id}@${nextAt}`, nominalAt: nextAt }]
  return bench.run('fire', { id, expected: nextAt, occurrences, nextAt: nextAt + 60_000 })
}
