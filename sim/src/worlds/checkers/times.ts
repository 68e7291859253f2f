import type { Job } from '@millrace/core'
import type { Change, NewChecker } from './checker.ts'

const patienceMs = 1_500

/** Nothing starts before it is due or after its deadline, and what time brings about is not forgotten. */
export const times: NewChecker = (sight) => {
  function judge({ before, after }: Change): void {
    if (after === undefined) return
    const { deadline } = after.extras
    if (after.state === 'processing' && before !== undefined && before.state !== 'processing') {
      if (sight.time < before.runAt - sight.backMs)
        sight.violated(`job ${after.id} started ${before.runAt - sight.time} ms before it was due`)
      if (before.attempt === 0 && deadline !== undefined && deadline <= after.since)
        sight.violated(`job ${after.id} started ${after.since - deadline} ms after its deadline`)
    }
    if (after.state === 'expired' && before?.state !== 'expired' && !(deadline! <= after.since)) {
      const isShed = after.queue === 'limited' && sight.plan.overflow.startsWith('shed')
      if (!isShed) sight.violated(`job ${after.id} expired before its deadline`)
    }
  }

  function forgotten(job: Job): string | undefined {
    const late = sight.time - patienceMs
    if ((job.state === 'scheduled' || job.state === 'retrying') && job.runAt < late)
      return `is ${job.state} ${sight.time - job.runAt} ms after it was due`
    if (job.state === 'processing' && job.leaseUntil < late)
      return `is processing ${sight.time - job.leaseUntil} ms after its lease ended`
    const { deadline } = job.extras
    if (deadline !== undefined && deadline < late && job.attempt === 0 && isWaiting(job))
      return `is ${job.state} ${sight.time - deadline} ms after its deadline`
    return undefined
  }

  function calm(): void {
    for (const job of sight.jobs.values()) {
      const what = forgotten(job)
      if (what !== undefined) sight.violated(`job ${job.id} ${what}`)
    }
  }

  return { changed: (changes) => changes.forEach(judge), calm }
}

function isWaiting({ state }: Job): boolean {
  return state === 'scheduled' || state === 'blocked' || state === 'enqueued'
}
