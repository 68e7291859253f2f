import type { Job } from '@millrace/core'
import { describeJob, type Checker, type Observation } from '../observation.ts'

/** The epoch never goes back, rises with each claim and each reap and at no other time, and no epoch of a job is given twice. */
export const fencing: () => Checker = () => {
  const given = new Set<string>()
  return (seen) => {
    for (const { before, after } of seen.moves) {
      if (before === undefined || after === undefined) continue
      const wrong = wrongEpoch(before, after, seen)
      if (wrong !== undefined) return wrong
    }
    if (seen.name !== 'claim') return undefined
    for (const job of seen.reply?.jobs ?? []) {
      const lease = `${job.id} ${job.epoch}`
      if (given.has(lease)) return `${describeJob(job)} was given twice`
      given.add(lease)
      if (job.owner !== seen.request.owner || job.leaseUntil !== seen.at.now + seen.request.leaseMs)
        return `${describeJob(job)} was given to ${job.owner} until ${job.leaseUntil}`
      if (job.attempt === 1 && (job.extras.deadline ?? Infinity) <= seen.at.now)
        return `${describeJob(job)} was started after its deadline`
    }
    return undefined
  }
}

function wrongEpoch(before: Job, after: Job, seen: Observation): string | undefined {
  const leased = before.state !== 'processing' && after.state === 'processing'
  const takenBack = seen.name === 'reap' && before.state === 'processing' && after.state !== 'processing'
  const expected = before.epoch + (leased || takenBack ? 1 : 0)
  if (after.epoch !== expected)
    return `${describeJob(after)} has an epoch that should be ${expected}, in ${seen.name}`
  const attempts = before.generation === after.generation ? before.attempt + (leased ? 1 : 0) : 0
  if (after.attempt !== attempts)
    return `${describeJob(after)} should be at attempt ${attempts}, in ${seen.name}`
  return undefined
}
