import type { Millis } from '@millrace/core'
import { deadlineOf, firesAt, nextTimeOf } from './order.ts'
import { Unread } from './read.ts'
import type { Slice } from './slice.ts'

const schedules = 3

/** When something is due next: by what is at hand, as it is now, and by the indexes for everything else. */
export function nextAt(slice: Slice): Millis {
  const own = slice.jobs.all().reduce((earliest, job) => Math.min(earliest, nextTimeOf(job)), Infinity)
  const changed = [...slice.changedSchedules.entries().values()]
  const fires = changed.map((schedule) => (schedule === undefined ? Infinity : firesAt(schedule)))
  return Math.min(own, ofOthers(slice), ...fires)
}

/** Rows left behind a full load are due already. */
function ofOthers({ loaded, jobs, changedSchedules }: Slice): Millis {
  const { limit } = loaded.mustCover({ kind: 'nextAt', limit: 0 })
  let next = Infinity
  for (const [source, { earliest, mayBeMore }] of loaded.times.entries()) {
    const atHand = source === schedules ? changedSchedules : jobs
    const other = earliest.find(({ id }) => !atHand.has(id))
    // Behind as many as there are at hand there is one that is not.
    if (other === undefined && mayBeMore)
      throw new Unread({ kind: 'nextAt', limit: limit + jobs.size + changedSchedules.entries().size })
    next = Math.min(next, other?.at ?? Infinity)
  }
  const due = loaded.coverOf({ kind: 'due', now: 0, limit: 0 })?.end
  const overdue = loaded.coverOf({ kind: 'overdue', now: 0, limit: 0 })?.end
  return Math.min(next, due?.runAt ?? Infinity, overdue === undefined ? Infinity : deadlineOf(overdue))
}
