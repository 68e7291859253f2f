import { end } from './end.ts'
import { isUnstarted } from './holds.ts'
import type { Job, Millis } from './job.ts'
import type { Moment } from './moment.ts'
import type { Rows } from './rows.ts'

/** True for a job that must not start any more: its deadline passed before its first claim. */
export function isOverdue(job: Job, now: Millis): boolean {
  return job.extras.deadline !== undefined && job.extras.deadline <= now && isUnstarted(job)
}

/** Ends jobs whose deadline passed before they started, at most `limit` of them; answers how many. */
export function endOverdue(rows: Rows, limit: number, at: Moment): number {
  let ended = 0
  for (const { id } of rows.overdue(at.now, limit)) {
    // Read again: the end of one may have ended another, of the same flow.
    const job = rows.job(id)
    if (job === undefined || !isOverdue(job, at.now)) continue
    end(rows, job, 'expired', at)
    ended++
  }
  return ended
}
