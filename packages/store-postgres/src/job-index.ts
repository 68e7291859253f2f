import { isTerminal, isUnstarted, type Job } from '@millrace/core'
import { waitsForKey } from './job-row.ts'

/** The jobs at hand, grouped as commands ask for them: each group is named like the read it answers. */
export class JobIndex {
  readonly #groups = new Map<string, Map<string, Job>>()

  add(job: Job): void {
    for (const name of groupsOf(job)) {
      const group = this.#groups.get(name)
      if (group === undefined) this.#groups.set(name, new Map([[job.id, job]]))
      else group.set(job.id, job)
    }
  }

  remove(job: Job): void {
    for (const name of groupsOf(job)) this.#groups.get(name)?.delete(job.id)
  }

  group(name: string): readonly Job[] {
    const group = this.#groups.get(name)
    return group === undefined ? [] : [...group.values()]
  }
}

function groupsOf(job: Job): readonly string[] {
  const names = stateGroups(job)
  const { unique, idempotency, key, parents, flow } = job.extras
  if (unique !== undefined) names.push(`unique ${unique.key}`)
  if (idempotency !== undefined) names.push(`idempotency ${idempotency.key}`)
  if (key !== undefined && waitsForKey(job)) names.push(`waiting ${job.queue} ${key}`, `waiters ${job.queue}`)
  if (parents !== undefined) for (const { id } of parents) names.push(`dependents ${id}`)
  if (flow !== undefined) names.push(`flow ${flow.id}`)
  return names
}

function stateGroups(job: Job): string[] {
  if (isTerminal(job.state)) return [`ended ${job.queue} ${job.state}`]
  if (job.state === 'processing') return ['processing']
  const names = isUnstarted(job) ? [`unstarted ${job.queue}`] : []
  if (job.state === 'enqueued') names.push(`ready ${job.queue}`)
  if (job.state === 'scheduled' || job.state === 'retrying') names.push('waiting for time')
  if (job.extras.deadline !== undefined && isUnstarted(job)) names.push('deadlines')
  return names
}
