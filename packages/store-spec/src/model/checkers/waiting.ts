import { holdsKeySlot, isTerminal, type Job } from '@millrace/core'
import type { NaiveRows } from '../../reference/naive-rows.ts'
import { configOf, describeJob, type Checker } from '../observation.ts'

/** Whatever waits, waits for something that will come: no job is stuck. */
export const waiting: () => Checker = () => (seen) => {
  for (const job of seen.after.all()) {
    if (job.state !== 'blocked') continue
    if (job.extras.reason === 'dependency' && !waitsForParent(seen.after, job))
      return `${describeJob(job)} waits for parents that have ended: ${JSON.stringify(job.extras.parents)}`
    if (job.extras.reason === 'key' && !waitsForSlot(seen.after, job))
      return `${describeJob(job)} waits for key ${job.extras.key}, which has a free slot`
    if (job.extras.reason !== 'dependency' && job.extras.reason !== 'key')
      return `${describeJob(job)} waits for ${job.extras.reason ?? 'nothing'}`
  }
  return undefined
}

function waitsForParent(rows: NaiveRows, { extras }: Job): boolean {
  return (extras.parents ?? []).some(({ id, ended }) => {
    const parent = rows.job(id)
    return ended === undefined && parent !== undefined && !isTerminal(parent.state)
  })
}

function waitsForSlot(rows: NaiveRows, { queue, extras }: Job): boolean {
  const held = rows
    .all()
    .filter((job) => job.queue === queue && job.extras.key === extras.key && holdsKeySlot(job))
  return held.length >= (configOf(rows, queue)?.keyConcurrency ?? Infinity)
}
