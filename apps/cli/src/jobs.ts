import { states, type State } from 'millrace'
import type { Job } from 'millrace/file'
import { columns } from './columns.ts'
import { Misspelt } from './command.ts'
import { plainJob } from './plain-job.ts'
import { limitFlag, moment, storeCommand, textFlag } from './store-command.ts'
import { durationText } from './time-text.ts'

export const jobs = storeCommand({
  name: 'jobs',
  usage: 'jobs <directory> [--queue q] [--state s] [--name n] [--limit 100]',
  summary: 'jobs in order of acceptance',
  flags: {
    queue: { type: 'string' },
    state: { type: 'string' },
    name: { type: 'string' },
    limit: { type: 'string' },
  },
  run: async (visit, { values }) => {
    const [queue, name] = [textFlag(values, 'queue'), textFlag(values, 'name')]
    const state = checkState(textFlag(values, 'state'))
    const limit = limitFlag(values, 100)
    const filter = {
      ...(queue !== undefined && { queue }),
      ...(name !== undefined && { name }),
      ...(state !== undefined && { state }),
    }
    const found = (await visit.run('listJobs', { ...filter, limit }, moment())).jobs
    return { text: jobsTable(found), json: { jobs: found.map(plainJob) } }
  },
})

export function jobsTable(found: readonly Job[]): string {
  if (found.length === 0) return 'no such jobs'
  const now = Date.now()
  return columns(
    ['id', 'name', 'queue', 'state', 'for', 'attempts', ''],
    found.map((job) => [
      job.id,
      job.name,
      job.queue,
      job.state,
      durationText(now - job.since),
      job.attempt,
      job.extras.errors?.at(-1)?.message.slice(0, 80) ?? '',
    ]),
  )
}

function checkState(text: string | undefined): State | undefined {
  if (text === undefined) return undefined
  const state = states.find((one) => one === text)
  if (state === undefined) throw new Misspelt(`--state is one of ${states.join(', ')}, not ${text}`)
  return state
}
