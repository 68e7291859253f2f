import type { Job } from '@millrace/core'
import type { WrittenEntry } from './ledger.ts'

export interface Evidence {
  /** Ids of the jobs whose enqueue was answered. */
  readonly accepted: readonly string[]
  readonly jobs: readonly Job[]
  readonly entries: readonly WrittenEntry[]
  /** Workers that were killed. */
  readonly killed: ReadonlySet<number>
}

export interface Verdict {
  readonly wrong: readonly string[]
  readonly figures: Readonly<Record<string, number>>
}

/** What the promise is, held against the evidence: nothing lost, nothing settled twice, nothing run twice without a cut. */
export function judge({ accepted, jobs, entries, killed }: Evidence): Verdict {
  const byId = new Map(jobs.map((job) => [job.id, job]))
  const starts = group(entries, 'started')
  const completions = group(entries, 'completed')
  const lost = new Set(
    entries.flatMap(({ entry }) => (entry.what === 'lost' ? [`${entry.id} ${entry.epoch}`] : [])),
  )
  const wrong: string[] = []
  let again = 0
  for (const id of accepted) {
    const job = byId.get(id)
    if (job?.state !== 'completed') wrong.push(`${id} was accepted and is ${job?.state ?? 'not there'}`)
    if (job === undefined) continue
    if ((completions.get(id) ?? []).length > 1) wrong.push(`${id} was settled twice`)
    const attempts = starts.get(id) ?? []
    if (attempts.length === 0) wrong.push(`${id} is completed, but no handler ran`)
    again += Math.max(0, attempts.length - 1)
    wrong.push(...wrongAttempts(job, attempts, killed, lost))
  }
  const extra = jobs.length - new Set(accepted).size
  if (extra !== 0) wrong.push(`${extra} jobs more than were accepted`)
  return {
    wrong,
    figures: {
      jobs: jobs.length,
      'ran again': again,
      'attempts cut': jobs.reduce((sum, { crashes }) => sum + crashes, 0),
    },
  }
}

interface Attempted {
  readonly pid: number
  readonly epoch: number
}

function wrongAttempts(
  job: Job,
  attempts: readonly Attempted[],
  killed: ReadonlySet<number>,
  lost: ReadonlySet<string>,
): readonly string[] {
  const { id, epoch: last, attempt, crashes, failures, refunds, snoozes } = job
  const wrong: string[] = []
  if (new Set(attempts.map(({ epoch }) => epoch)).size < attempts.length)
    wrong.push(`${id}: two handlers ran under one lease`)
  if (attempt !== 1 + crashes + failures + refunds + snoozes)
    wrong.push(`${id}: ${attempt} attempts, but ${crashes} crashes, ${failures} failures, ${refunds} refunds`)
  for (const { pid, epoch } of attempts)
    if (epoch !== last && !killed.has(pid) && !lost.has(`${id} ${epoch}`))
      wrong.push(`${id}: ran again though the attempt of epoch ${epoch} was neither killed nor cut off`)
  return wrong
}

function group(
  entries: readonly WrittenEntry[],
  what: 'started' | 'completed',
): ReadonlyMap<string, readonly Attempted[]> {
  const groups = new Map<string, Attempted[]>()
  for (const { pid, entry } of entries) {
    if (entry.what !== what) continue
    const list = groups.get(entry.id) ?? []
    list.push({ pid, epoch: entry.epoch })
    groups.set(entry.id, list)
  }
  return groups
}
