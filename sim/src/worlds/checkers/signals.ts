import type { CommandName, RenewReply, RenewRequest } from '@millrace/core'
import { leaseMs } from '../plan.ts'
import type { Change, NewChecker } from './checker.ts'

const patienceMs = 1_500
const timeoutMs = 4_000

/** A handler hears in time that it was cancelled, is out of time, or has lost its lease; what was cancelled is not tried again. */
export const signals: NewChecker = (sight) => {
  const changedAt = new Map<string, number>()

  function changed(changes: readonly Change[]): void {
    for (const { before, after } of changes) {
      if (after !== undefined) changedAt.set(after.id, sight.now)
      if (before?.extras.cancel === undefined || before.state !== 'processing' || after === undefined)
        continue
      if (
        after.generation === before.generation &&
        !['processing', 'completed', 'cancelled', 'dead'].includes(after.state)
      )
        sight.violated(`job ${after.id} was cancelled and is ${after.state}`)
    }
  }

  function answered(name: CommandName, { held }: RenewRequest, { lost }: RenewReply): void {
    if (name !== 'renew') return
    for (const { id, epoch } of held) {
      const job = sight.jobs.get(id)
      const isHeld = job?.state === 'processing' && job.epoch === epoch
      const overMs = sight.now - (changedAt.get(id) ?? 0)
      // A slow store answers a while after it decided.
      if (!isHeld && overMs > patienceMs && !lost.some((one) => one.id === id && one.epoch === epoch))
        sight.violated(`job ${id} was renewed under epoch ${epoch}, which was over ${overMs} ms before`)
    }
  }

  function calm(): void {
    for (const run of sight.outside.runs) {
      if (run.endedAt !== undefined || run.abortedAt !== undefined || !sight.live.includes(run.process))
        continue
      const job = sight.jobs.get(run.id)
      const isHeld = job?.state === 'processing' && job.epoch === run.epoch
      const age = sight.now - run.beganAt
      if (age > timeoutMs + patienceMs)
        sight.violated(`job ${run.id} runs for ${age} ms and was not told that its time is over`)
      const cancel = job?.extras.cancel
      if (isHeld && cancel !== undefined && sight.time - cancel.at > leaseMs / 3 + patienceMs)
        sight.violated(
          `job ${run.id} was cancelled ${sight.time - cancel.at} ms ago and its handler was not told`,
        )
      if (!isHeld && age > leaseMs + patienceMs && sight.time - (job?.since ?? 0) > leaseMs + patienceMs)
        sight.violated(
          `job ${run.id} is another's since ${sight.time - (job?.since ?? 0)} ms and its handler was not told`,
        )
    }
  }

  return { changed, answered, calm }
}
