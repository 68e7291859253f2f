import { endCancelled } from './end.ts'
import { fail } from './fail.ts'
import type { Job } from './job.ts'
import type { Moment } from './moment.ts'
import { endOverdue } from './overdue.ts'
import type { Rows } from './rows.ts'

export interface ReapRequest {
  /** Jobs to take back at most, of each sort. */
  readonly limit: number
  /** These owners are known to be gone: their jobs are taken back before their leases end. */
  readonly gone?: readonly string[]
}

export interface ReapReply {
  readonly reaped: number
  readonly expired: number
}

/** Takes back the jobs of workers that went silent, each as a crash of its attempt, and ends jobs whose deadline passed before they started. */
export function reap(rows: Rows, { limit, gone = [] }: ReapRequest, at: Moment): ReapReply {
  const silent = [...gone.flatMap((owner) => rows.heldBy(owner)), ...rows.expired(at.now, limit)]
  let reaped = 0
  for (const { id } of silent) {
    const job = rows.job(id)
    if (job?.state !== 'processing') continue
    takeBack(rows, job, at)
    reaped++
  }
  return { reaped, expired: endOverdue(rows, limit, at) }
}

/** The epoch rises here and now, so that whatever the silent worker still says is stale before the job runs again. */
function takeBack(rows: Rows, job: Job, at: Moment): void {
  const fenced = { ...job, epoch: job.epoch + 1 }
  if (job.extras.cancel === undefined) fail(rows, fenced, { bucket: 'crash', error: lostLease(job) }, at)
  else endCancelled(rows, fenced, at)
  if ((rows.queue(job.queue)?.config.concurrency ?? Infinity) !== Infinity) rows.wake(job.queue)
}

function lostLease(job: Job): { readonly name: string; readonly message: string } {
  return { name: 'Crash', message: `worker ${job.owner} went silent during attempt ${job.attempt}` }
}
