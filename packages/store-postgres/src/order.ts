import { isUnstarted, type Job, type ListFilter, type Schedule } from '@millrace/core'

/** Smaller first. */
export type Order = (a: Job, b: Job) => number

export const bySeq: Order = (a, b) => a.seq - b.seq
export const byRank: Order = (a, b) => a.rank - b.rank || bySeq(a, b)
/** The least priority first, and of equals the newest. */
export const byWorth: Order = (a, b) => a.priority - b.priority || bySeq(b, a)
export const byRunAt: Order = (a, b) => a.runAt - b.runAt || bySeq(a, b)
export const byLease: Order = (a, b) => a.leaseUntil - b.leaseUntil || bySeq(a, b)
export const bySince: Order = (a, b) => a.since - b.since || bySeq(a, b)
export const byDeadline: Order = (a, b) => deadlineOf(a) - deadlineOf(b) || bySeq(a, b)

export function deadlineOf(job: Job): number {
  return job.extras.deadline ?? Infinity
}

/** The earliest time at which something happens to this job if nobody touches it. */
export function nextTimeOf(job: Job): number {
  if (job.state === 'processing') return job.leaseUntil
  const deadline = isUnstarted(job) ? deadlineOf(job) : Infinity
  return job.state === 'scheduled' || job.state === 'retrying' ? Math.min(job.runAt, deadline) : deadline
}

export function firesAt({ paused, nextAt }: Schedule): number {
  return paused ? Infinity : nextAt
}

export function passes(filter: ListFilter, job: Job): boolean {
  return (
    job.seq > (filter.after ?? 0) &&
    (filter.queue ?? job.queue) === job.queue &&
    (filter.state ?? job.state) === job.state &&
    (filter.name ?? job.name) === job.name &&
    (filter.fingerprint === undefined || filter.fingerprint === job.extras.fingerprint)
  )
}
