import { isTerminal, type Job, type NewJob, type Request } from '@millrace/core'
import type { NaiveRows } from '../../reference/naive-rows.ts'
import { runCommand } from '../../reference/naive-store.ts'
import { configOf, type Checker, type Observed } from '../observation.ts'

/** A bounded queue is never overfilled by newcomers, and never refuses one while there was room. */
export const room: () => Checker = () => (seen) => {
  if (seen.name !== 'enqueue' || seen.reply === undefined) return undefined
  if (seen.request.exempt === true || seen.request.by !== undefined) return undefined
  for (const [index, result] of seen.reply.results.entries()) {
    const full = result.outcome === 'refused' && result.code === 'QUEUE_FULL'
    if (!full && result.outcome !== 'enqueued' && result.outcome !== 'replaced') continue
    const wrong = full ? refusedInVain(seen, index) : overfilled(seen, index)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function refusedInVain(seen: Observed<'enqueue'>, index: number): string | undefined {
  const job = seen.request.jobs[index]!
  const rows = rowsAfter(seen, index)
  const merged = holderOf(rows, job, seen.at.now)
  const queue = merged?.queue ?? job.queue
  const { maxJobs = Infinity, maxBytes = Infinity } = configOf(rows, queue) ?? {}
  const used = fill(rows.all(), queue)
  const bytes = used.bytes + job.bytes - (merged?.bytes ?? 0)
  return (merged !== undefined || used.jobs < maxJobs) && bytes <= maxBytes
    ? `job ${job.id} was refused with ${used.jobs} of ${maxJobs} jobs and ${bytes} of ${maxBytes} bytes`
    : undefined
}

/** What was put in because of it, such as the hook of a death, may go over the bounds; it may not. */
function overfilled(seen: Observed<'enqueue'>, index: number): string | undefined {
  const { id } = seen.reply!.results[index]!
  const rows = rowsAfter(seen, index + 1)
  const { queue } = rows.job(id) ?? {}
  if (queue === undefined) return undefined
  const { maxJobs = Infinity, maxBytes = Infinity } = configOf(rows, queue) ?? {}
  const before = rowsAfter(seen, index)
  const used = fill(before.all(), queue)
  const filled = fill(
    rows.all().filter((job) => job.id === id || before.job(job.id) !== undefined),
    queue,
  )
  const overJobs = filled.jobs > used.jobs && filled.jobs > maxJobs
  const overBytes = filled.bytes > used.bytes && filled.bytes > maxBytes
  return overJobs || overBytes
    ? `job ${id} was let in: ${filled.jobs} of ${maxJobs} jobs and ${filled.bytes} of ${maxBytes} bytes`
    : undefined
}

/** The rows as they were before the command, with only its first jobs enqueued. */
function rowsAfter(seen: Observed<'enqueue'>, count: number): NaiveRows {
  const rows = seen.before.copy()
  const request: Request<'enqueue'> = {
    ...seen.request,
    atomic: false,
    jobs: seen.request.jobs.slice(0, count),
  }
  runCommand(rows, 'enqueue', request, seen.at)
  return rows
}

function fill(jobs: readonly Job[], queue: string): { readonly jobs: number; readonly bytes: number } {
  const unfinished = jobs.filter((job) => job.queue === queue && !isTerminal(job.state))
  return { jobs: unfinished.length, bytes: unfinished.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** The job this one would be merged into. */
function holderOf(rows: NaiveRows, job: NewJob, now: number): Job | undefined {
  const holder = job.extras.unique === undefined ? undefined : rows.holder(job.extras.unique.key, now)
  return holder === undefined || isTerminal(holder.state) ? undefined : holder
}
