import { isTerminal, type Job } from '@millrace/core'
import { queuesOf } from '../catalogue.ts'
import type { Change, NewChecker } from './checker.ts'

/** Concurrency, rate, capacity and pauses of queues hold at every moment. */
export const limits: NewChecker = (sight) => {
  const { concurrency, rate, maxJobs, maxBytes } = queuesOf('reject').limited as {
    readonly concurrency: number
    readonly rate: { readonly limit: number }
    readonly maxJobs: number
    readonly maxBytes: number
  }
  let tokens = rate.limit
  let filledAt = 0

  function changed(changes: readonly Change[]): void {
    for (const { before, after } of changes) {
      if (after === undefined) continue
      const isClaimed = after.state === 'processing' && before?.state !== 'processing'
      if (isClaimed && sight.rows.queue(after.queue)?.paused === true)
        sight.violated(`job ${after.id} started though queue ${after.queue} is paused`)
      if (after.queue !== 'limited') continue
      if (isClaimed) judgeStart(after)
      if (before === undefined) judgeRoom(after)
    }
    judgeShedding(changes)
  }

  function judgeStart(started: Job): void {
    tokens = Math.min(rate.limit, tokens + (Math.max(0, started.since - filledAt) * rate.limit) / 1_000) - 1
    filledAt = Math.max(filledAt, started.since)
    if (tokens < -1e-6) sight.violated(`job ${started.id} started above the rate of its queue`)
    if (tokens < 1) sight.mark('the rate was exhausted')
    const processing = unfinished().filter(({ state }) => state === 'processing').length
    if (processing > concurrency)
      sight.violated(`${processing} jobs of a queue of ${concurrency} are processing`)
  }

  function judgeRoom(newcomer: Job): void {
    const jobs = unfinished()
    const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0)
    if (jobs.length > maxJobs || bytes > maxBytes)
      sight.violated(`${newcomer.id} was let into a queue with ${jobs.length} jobs and ${bytes} bytes`)
  }

  function judgeShedding(changes: readonly Change[]): void {
    const shed = changes.filter(
      ({ before, after }) =>
        before !== undefined && after?.state === 'expired' && !(after.extras.deadline! <= after.since),
    )
    if (shed.length === 0) return
    sight.mark('a job was shed')
    const newcomers = changes.flatMap(({ before, after }) =>
      before === undefined && after?.queue === 'limited' ? [after.priority] : [],
    )
    if (newcomers.length === 0) return sight.violated(`job ${shed[0]!.after!.id} was shed for nobody`)
    for (const { before } of shed) {
      if (sight.plan.overflow === 'shedLowest' && before!.priority >= Math.max(...newcomers))
        sight.violated(`job ${before!.id} was shed for one that is worth no more`)
      if (before!.attempt > 0) sight.violated(`job ${before!.id} was shed though it had started`)
    }
  }

  function unfinished(): readonly Job[] {
    return [...sight.jobs.values()].filter(({ queue, state }) => queue === 'limited' && !isTerminal(state))
  }

  return { changed }
}
