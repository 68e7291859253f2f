import { isTerminal, type Job } from '@millrace/core'
import type { Change, NewChecker } from './checker.ts'

const patienceMs = 1_500
const everyMs = 2_000

/** Each occurrence of a schedule becomes one job, at its time, as its overlap allows. */
export const schedules: NewChecker = (sight) => {
  function changed(changes: readonly Change[]): void {
    const fired = changes.flatMap(({ before, after }) =>
      before === undefined && after?.extras.schedule !== undefined ? [after] : [],
    )
    for (const job of fired) judge(job, fired)
  }

  function judge(job: Job, fired: readonly Job[]): void {
    sight.mark('an occurrence fired')
    const { id, nominalAt } = job.extras.schedule!
    const schedule = sight.rows.schedule(id)
    if (schedule === undefined) return
    const same = [...sight.jobs.values()].filter((other) => other.extras.schedule?.id === id)
    if (same.some((other) => other.id !== job.id && other.extras.schedule!.nominalAt === nominalAt))
      sight.violated(`${id} fired twice for ${nominalAt}`)
    if ('anchor' in schedule.spec && (nominalAt - Number(schedule.spec.anchor)) % everyMs !== 0)
      sight.violated(`${id} fired for ${nominalAt}, which is none of its times`)
    const most = typeof schedule.missed === 'object' ? schedule.missed.all : 1
    if (fired.length > most) sight.violated(`${id} made up for ${fired.length} missed times`)
    const before = same.filter((other) => other.seq < job.seq && !isTerminal(other.state))
    if (schedule.overlap === 'skip' && before.length > 0)
      sight.violated(`${id} fired though ${before[0]!.id} has not ended`)
  }

  function calm(): void {
    for (const { id, nextAt, paused } of sight.rows.schedules())
      if (!paused && nextAt < sight.time - patienceMs)
        sight.violated(`${id} has not fired ${sight.time - nextAt} ms after its time`)
  }

  return { changed, calm }
}
