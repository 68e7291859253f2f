import type { Job } from './job.ts'
import type { Rows } from './rows.ts'

/** An attempt as its handler knows it: every write it makes carries both. */
export interface Held {
  readonly id: string
  /** The fencing token of the claim. */
  readonly epoch: number
}

/** The fence: the job, if this attempt still holds its lease. Expired but not yet reaped is still held. */
export function heldJob(rows: Rows, held: Held): Job | undefined {
  const job = rows.job(held.id)
  return job !== undefined && job.state === 'processing' && job.epoch === held.epoch ? job : undefined
}
