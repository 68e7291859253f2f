import type { Job } from '@millrace/core'
import { graceMs } from '../plan.ts'
import type { Run } from '../outside.ts'
import type { Change, NewChecker } from './checker.ts'

const patienceMs = 1_500
/** Its grace is counted by a clock of its own. */
const driftMs = 50

/** A worker runs as many handlers as it may and no more, and none is idle while there is work for it. */
export const workers: NewChecker = (sight) => {
  let lastStart = 0
  /** When a job of the queue with limits moved last: its limits may have been what kept the others. */
  let lastLimited = 0
  /** Since when some worker has had a free slot. */
  let freeSince = Infinity

  function changed(changes: readonly Change[]): void {
    for (const { before, after } of changes) {
      if (after?.state === 'processing' && before?.state !== 'processing') lastStart = sight.now
      if (after?.queue === 'limited') lastLimited = sight.now
    }
  }

  function began(run: Run): void {
    const running = sight.outside.runs.filter((one) => one.process === run.process && isOn(one))
    const slots = sight.slotsOf(run.process)
    if (running.length > slots)
      sight.violated(`process ${run.process} runs ${running.length} handlers on ${slots} slots`)
  }

  /** A handler that did not heed its signal has lost its slot when its grace was over. */
  function isOn({ endedAt, abortedAt }: Run): boolean {
    return endedAt === undefined && !(abortedAt !== undefined && sight.now >= abortedAt + graceMs - driftMs)
  }

  function calm(): void {
    const isFree = sight.live.some(
      (process) =>
        sight.outside.runs.filter((run) => run.process === process && isOn(run)).length <
        sight.slotsOf(process),
    )
    if (!isFree) freeSince = Infinity
    else if (freeSince === Infinity) freeSince = sight.now
    const waited = sight.now - Math.max(lastStart, freeSince, 0)
    if (!isFree || waited < patienceMs) return
    const forgotten = [...sight.jobs.values()].find(isStartable)
    if (forgotten !== undefined)
      sight.violated(
        `job ${forgotten.id} of ${forgotten.queue} waits and a worker has had a free slot for ${waited} ms`,
      )
  }

  function isStartable(job: Job): boolean {
    if (job.state !== 'enqueued' || job.since > sight.time - patienceMs) return false
    if (sight.rows.queue(job.queue)?.paused === true) return false
    if (job.queue !== 'limited') return true
    return sight.rows.counters('limited').processing < 2 && sight.now - lastLimited > patienceMs
  }

  return { changed, began, calm }
}
