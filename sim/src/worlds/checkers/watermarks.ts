import { isTerminal, type Job } from '@millrace/core'
import { queuesOf } from '../catalogue.ts'
import type { Change, NewChecker } from './checker.ts'

const queue = 'limited'
const high = 0.9
const low = 0.7

/** A queue is saturated from when it reaches its high mark until it has fallen to its low one. */
export const watermarks: NewChecker = (sight) => {
  const { maxJobs, maxBytes } = queuesOf('reject')[queue] as {
    readonly maxJobs: number
    readonly maxBytes: number
  }
  let wasSaturated = false

  function changed(changes: readonly Change[]): void {
    const isSaturated = sight.rows.queue(queue)?.saturated === true
    const newcomers = new Set(
      changes.filter(({ before }) => !isUnfinished(before)).map(({ after }) => after?.id),
    )
    const jobs = [...sight.jobs.values()].filter((job) => job.queue === queue && isUnfinished(job))
    const fill = fillOf(jobs)
    if (fill >= high && !isSaturated) sight.violated(`the queue is ${percent(fill)} full and not saturated`)
    if (fill <= low && isSaturated) sight.violated(`the queue is ${percent(fill)} full and still saturated`)
    if (wasSaturated && !isSaturated) {
      sight.mark('a queue was saturated and relieved')
      const least = fillOf(jobs.filter(({ id }) => !newcomers.has(id)))
      if (least > low) sight.violated(`the queue was never less than ${percent(least)} full and is relieved`)
    }
    wasSaturated = isSaturated
  }

  function fillOf(jobs: readonly Job[]): number {
    return Math.max(jobs.length / maxJobs, jobs.reduce((sum, { bytes }) => sum + bytes, 0) / maxBytes)
  }

  return { changed }
}

function isUnfinished(job: Job | undefined): boolean {
  return job !== undefined && !isTerminal(job.state)
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
