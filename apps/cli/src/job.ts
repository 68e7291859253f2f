import type { Explanation, Hindrance } from 'millrace'
import type { Job } from 'millrace/file'
import { plainJob } from './plain-job.ts'
import { Misspelt } from './command.ts'
import { moment, storeCommand } from './store-command.ts'
import { timeText } from './time-text.ts'

export const job = storeCommand({
  name: 'job',
  usage: 'job <directory> <id>',
  summary: 'all that is known of a job, and why it is not running',
  run: async (visit, { rest: [id] }) => {
    if (id === undefined) throw new Misspelt('job needs the id of a job')
    const [found] = (await visit.run('findJob', { id }, moment())).jobs
    if (found === undefined)
      return { text: `no job ${id}: it never was, or was pruned`, json: null, exitCode: 1 }
    const explanation = await visit.run('explain', { id }, moment())
    return { text: told(found, explanation), json: { job: plainJob(found), explanation } }
  },
})

function told(found: Job, { hindrances, mayStartAt }: Explanation): string {
  const { attempt, failures, crashes, snoozes, refunds, generation, extras } = found
  const buckets = Object.entries({ failures, crashes, snoozes, refunds })
    .filter(([, times]) => times > 0)
    .map(([name, times]) => `${name} ${times}`)
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['job', `${found.name} ${found.id}`],
    ['state', extras.reason === undefined ? found.state : `${found.state} (${extras.reason})`],
    ['since', timeText(found.since)],
    ['why', hindrances.map(sentence).join('; ') || undefined],
    ['may start', mayStartAt === undefined ? undefined : timeText(mayStartAt)],
    ['queue', `${found.queue}, priority ${found.priority}`],
    ['accepted', timeText(found.createdAt)],
    ['attempts', [String(attempt), ...buckets].join(', ')],
    ['redriven', generation === 0 ? undefined : `${generation}×`],
    ['key', extras.key],
    ['progress', extras.progress === undefined ? undefined : `${Math.round(extras.progress * 100)} %`],
    ['payload', shown(found.payload)],
    ['result', shown(extras.result)],
  ]
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(9)}  ${value}`]))
  const errors = (extras.errors ?? []).map(
    (error) => `  attempt ${error.attempt}, ${timeText(error.at)}\n    ${error.name}: ${error.message}`,
  )
  if (errors.length > 0) lines.push('errors', ...errors)
  if (extras.log !== undefined) lines.push('log', ...extras.log.map((line) => `  ${line}`))
  return lines.join('\n')
}

function shown(body: Job['payload'] | undefined): string | undefined {
  if (typeof body !== 'string') return undefined
  return body.length > 500 ? `${body.slice(0, 500)}… (${body.length} characters; --json shows all)` : body
}

function sentence(hindrance: Hindrance): string {
  switch (hindrance.kind) {
    case 'notFound':
      return 'there is no such job'
    case 'ended':
      return 'it has ended'
    case 'running':
      return `${hindrance.owner} runs it; the lease ends ${timeText(hindrance.leaseUntil)}`
    case 'notDue':
      return `it is to run ${timeText(hindrance.runAt)}`
    case 'backoff':
      return `it failed and is tried again ${timeText(hindrance.runAt)}`
    case 'dependency':
      return `it waits for ${hindrance.waitsFor.join(', ')}`
    case 'key':
      return `${hindrance.ahead} jobs with the key ${hindrance.key} are before it`
    case 'parked':
      return `it is parked: ${hindrance.reason}`
    case 'paused':
      return 'its queue is paused'
    case 'concurrency':
      return `${hindrance.limit} jobs of its queue run, and no more may`
    case 'rate':
      return `the rate of its queue lets the next start ${timeText(hindrance.freeAt)}`
    case 'noHandler':
      return `no worker has a handler for ${hindrance.name}`
    case 'inLine':
      return hindrance.ahead === 0 ? 'it is the next in line' : `${hindrance.ahead} jobs are before it`
  }
}
