import type { CommandName, Job, Request } from '@millrace/core'
import type { Run } from '../outside.ts'
import type { Change, NewChecker } from './checker.ts'

/** One live lease per job: the epoch rises with every claim and every reap, and no attempt begins twice or unclaimed. */
export const fences: NewChecker = (sight) => {
  const begun = new Set<string>()
  const changedAt = new Map<string, number>()

  function judge({ before, after }: Change): void {
    if (after === undefined) return
    changedAt.set(after.id, sight.now)
    if ((after.state === 'processing') !== (after.owner !== '' && after.leaseUntil > 0))
      sight.violated(`job ${after.id} is ${after.state} and its lease is ${after.owner}, ${after.leaseUntil}`)
    if (before === undefined) return
    if (after.epoch < before.epoch) sight.violated(`the epoch of job ${after.id} went back to ${after.epoch}`)
    const isClaimed = after.state === 'processing' && before.state !== 'processing'
    const isReaped = after.crashes > before.crashes
    if ((isClaimed || isReaped) && after.epoch === before.epoch)
      sight.violated(
        `job ${after.id} kept epoch ${after.epoch} when it was ${isClaimed ? 'claimed' : 'taken back'}`,
      )
    if (isReaped && sight.plan.world !== 'single') judgeReap(before, after)
    if (isReaped && sight.isCalm && sight.outside.runs.some((run) => isHolding(run, before)))
      sight.violated(`job ${after.id} was taken from a worker that is well`)
  }

  function isHolding(run: Run, { id, epoch }: Job): boolean {
    const isOn = run.endedAt === undefined && run.abortedAt === undefined
    return isOn && run.id === id && run.epoch === epoch && sight.live.includes(run.process)
  }

  function judgeReap(before: Job, after: Job): void {
    if (before.leaseUntil >= after.since)
      sight.violated(
        `job ${after.id} was taken back ${before.leaseUntil - after.since} ms before its lease ended`,
      )
  }

  function began(run: Run): void {
    const job = sight.jobs.get(run.id)
    const lease = `${run.id} ${run.epoch}`
    if (begun.has(lease)) sight.violated(`two handlers ran job ${run.id} under epoch ${run.epoch}`)
    begun.add(lease)
    if (job === undefined || job.epoch < run.epoch)
      sight.violated(`job ${run.id} began under epoch ${run.epoch}, which no claim gave`)
    else if (job.epoch === run.epoch && (job.state !== 'processing' || job.attempt !== run.attempt))
      sight.violated(`job ${run.id} began attempt ${run.attempt} and is ${job.state} at ${job.attempt}`)
  }

  /** A child is stored only while the attempt that asked for it holds its lease. */
  function answered(name: CommandName, { by }: Request<'enqueue'>): void {
    const parent = name === 'enqueue' && by !== undefined ? sight.jobs.get(by.id) : undefined
    if (parent === undefined || changedAt.get(parent.id) === sight.now) return
    if (parent.state !== 'processing' || parent.epoch !== by!.epoch)
      sight.violated(
        `job ${parent.id} had a child under epoch ${by!.epoch}, it is ${parent.state} at ${parent.epoch}`,
      )
  }

  return { changed: (changes) => changes.forEach(judge), began, answered }
}
