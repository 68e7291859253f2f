import { isTerminal, type Job } from '@millrace/core'
import { describeJob, type Checker } from '../observation.ts'

/** A unique key has at most one unfinished holder, an idempotency key at most one job. */
export const uniqueness: () => Checker = () => {
  // A clock that is set back does not open windows again that were over.
  let latest = 0
  return (seen) => {
    latest = Math.max(latest, seen.at.now)
    return twoOfOneKey(seen.after.all(), latest)
  }
}

function twoOfOneKey(jobs: readonly Job[], now: number): string | undefined {
  const holders = new Map<string, Job>()
  const requests = new Map<string, Job>()
  for (const job of jobs) {
    const { unique, idempotency } = job.extras
    const other = unique === undefined ? undefined : holders.get(unique.key)
    if (unique !== undefined && isHolding(job, now)) {
      if (other !== undefined)
        return `${describeJob(other)} and ${describeJob(job)} both hold the unique key ${unique.key}`
      holders.set(unique.key, job)
    }
    if (idempotency === undefined) continue
    const first = requests.get(idempotency.key)
    if (first !== undefined) return `${describeJob(first)} and ${describeJob(job)} answer one idempotency key`
    requests.set(idempotency.key, job)
  }
  return undefined
}

function isHolding(job: Job, now: number): boolean {
  const { while: lasting, from = job.createdAt } = job.extras.unique!
  if (isTerminal(job.state)) return false
  if (lasting === 'pending') return job.attempt === 0 && job.state !== 'processing'
  return lasting === 'unfinished' || now < from + lasting
}
