import { columns } from './columns.ts'
import { jobsTable } from './jobs.ts'
import { plainJob } from './plain-job.ts'
import { limitFlag, moment, mostAtOnce, storeCommand, textFlag } from './store-command.ts'
import { durationText } from './time-text.ts'

export const dead = storeCommand({
  name: 'dead',
  usage: 'dead <directory> [--queue q] [--fingerprint f] [--limit 100]',
  summary: 'the dead letters by what killed them; with --fingerprint, the jobs of one group',
  flags: { queue: { type: 'string' }, fingerprint: { type: 'string' }, limit: { type: 'string' } },
  run: async (visit, { values }) => {
    const fingerprint = textFlag(values, 'fingerprint')
    const queue = textFlag(values, 'queue')
    const inQueue = queue === undefined ? {} : { queue }
    if (fingerprint !== undefined) {
      const limit = limitFlag(values, 100)
      const found = await visit.run('listJobs', { ...inQueue, state: 'dead', fingerprint, limit }, moment())
      return { text: jobsTable(found.jobs), json: { jobs: found.jobs.map(plainJob) } }
    }
    const { groups } = await visit.run('groupDead', { ...inQueue, limit: mostAtOnce }, moment())
    const now = Date.now()
    const table = columns(
      ['jobs', 'newest', 'fingerprint', 'for example'],
      groups.map((group) => [
        group.count,
        `${durationText(now - group.lastAt)} ago`,
        group.fingerprint,
        group.example,
      ]),
    )
    return { text: groups.length === 0 ? 'no dead letters' : table, json: { groups } }
  },
})
