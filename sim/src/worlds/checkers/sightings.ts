import type { EnqueueReply, Job, SettleReply } from '@millrace/core'
import type { Change, NewChecker } from './checker.ts'

/** Marks what the others have to have seen. */
export const sightings: NewChecker = (sight) => {
  function see({ before, after }: Change): void {
    if (after === undefined) return
    if (before !== undefined && after.crashes > before.crashes)
      sight.mark('a job was taken back from the dead')
    if (after.crashes > (before?.crashes ?? 0) && isStillRunning(before!))
      sight.mark('a lease ended while its handler ran')
    if (after.extras.reason === 'exhausted') sight.mark('a job died exhausted')
    if (after.extras.reason === 'poison') sight.mark('a job died of poison')
    if (after.extras.reason === 'nonRetryable') sight.mark('a job died at once')
    if ((after.extras.errors?.[0]?.attempt ?? 1) > 1 && after.generation === 0)
      sight.mark('more errors came than are kept')
    if (after.generation > (before?.generation ?? 0)) sight.mark('a dead letter was redriven')
    if (after.state === 'expired' && after.extras.deadline !== undefined) sight.mark('a job expired')
    if (after.state === 'cancelled' && before?.state === 'processing')
      sight.mark('a job was cancelled while it ran')
    if (before?.state === 'retrying' && after.state === 'retrying' && after.runAt > before.runAt)
      sight.mark('a retry waited for its budget')
  }

  function isStillRunning(job: Job): boolean {
    return sight.outside.runs.some(
      (run) =>
        run.id === job.id &&
        run.epoch === job.epoch &&
        run.endedAt === undefined &&
        sight.live.includes(run.process),
    )
  }

  return {
    changed: (changes) => changes.forEach(see),
    answered: (name, _request, reply) => {
      if (name === 'settle' && (reply as SettleReply).outcomes.includes('lost'))
        sight.mark('a late result was refused')
      if (name !== 'enqueue') return
      const isFull = (reply as EnqueueReply).results.some((result) => result.outcome === 'refused')
      if (isFull && sight.plan.overflow === 'wait') sight.mark('a producer waited for room')
      if (isFull) sight.mark('a queue was full')
    },
    calm: () => {
      for (const run of sight.outside.runs)
        if (run.abortedAt !== undefined) {
          sight.mark('a handler was told to stop')
          if (run.endedAt === undefined && sight.live.includes(run.process))
            sight.mark('a deaf handler was given up')
        }
    },
  }
}
