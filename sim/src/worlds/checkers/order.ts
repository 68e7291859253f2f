import type { Job } from '@millrace/core'
import type { Change, NewChecker } from './checker.ts'

/** The job next in line is the one that starts; one job at a time has a key's turn, first come first served. */
export const order: NewChecker = (sight) => {
  function changed(changes: readonly Change[]): void {
    const claimed = changes.filter(
      ({ before, after }) => after?.state === 'processing' && before?.state !== 'processing',
    )
    for (const { after } of claimed) judgeTurn(after!)
    changes.forEach(judgePlace)
    for (const { after } of changes) if (after?.queue === 'keyed') judgeKey(after)
  }

  function judgeTurn(taken: Job): void {
    for (const job of sight.jobs.values())
      if (
        job.queue === taken.queue &&
        job.state === 'enqueued' &&
        isBefore(job, taken) &&
        !isOverdue(job, taken.since)
      )
        return sight.violated(`job ${taken.id} started before job ${job.id}, which was ahead of it`)
    const due = taken.createdAt > taken.runAt ? taken.createdAt : taken.runAt
    // With nothing but priority and age to tell jobs apart, a retry keeps the place of its first visit.
    if (taken.queue === 'default' && taken.attempt === 1 && taken.rank > due - 60_000 * taken.priority)
      sight.violated(`job ${taken.id} of priority ${taken.priority} stands behind its age`)
  }

  function judgePlace({ before, after }: Change): void {
    if (before === undefined || after === undefined || before.generation !== after.generation) return
    if (before.attempt > 0 && before.rank !== after.rank)
      sight.violated(`job ${after.id} lost its place in the line when it was tried again`)
  }

  function judgeKey(changed: Job): void {
    const { key } = changed.extras
    const same = [...sight.jobs.values()].filter((job) => job.queue === 'keyed' && job.extras.key === key)
    const holders = same.filter(hasTurn)
    if (holders.length > 1)
      sight.violated(`jobs ${holders.map(({ id }) => id).join(' and ')} have the turn of key ${key}`)
    const waiting = same.filter(({ state, extras }) => state === 'blocked' && extras.reason === 'key')
    if (waiting.length > 0) sight.mark('a job waited for its key')
    if (waiting.length > 0 && holders.length === 0)
      sight.violated(`job ${waiting[0]!.id} waits for key ${key}, which nobody has`)
    if (changed.attempt === 0 && hasTurn(changed))
      for (const job of waiting)
        if (job.seq < changed.seq && job.runAt <= changed.runAt && changed.since > job.since)
          sight.violated(`job ${changed.id} was given the turn of key ${key} before job ${job.id}`)
  }

  return { changed }
}

function isBefore(a: Job, b: Job): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.seq < b.seq)
}

function isOverdue(job: Job, now: number): boolean {
  return job.attempt === 0 && job.extras.deadline !== undefined && job.extras.deadline <= now
}

function hasTurn({ state, attempt }: Job): boolean {
  return (
    state === 'enqueued' ||
    state === 'processing' ||
    state === 'retrying' ||
    (state === 'scheduled' && attempt > 0)
  )
}
