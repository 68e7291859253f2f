import { end } from './end.ts'
import { isBounded, retryAfter, unfinished } from './fill.ts'
import { isUnstarted } from './holds.ts'
import type { Job, Millis } from './job.ts'
import type { Moment } from './moment.ts'
import type { NewJob } from './new-job.ts'
import type { Queue } from './queue.ts'
import type { Rows } from './rows.ts'

/** Room for one more job: granted, made by shedding, or refused with the time after which there may be some. */
export type Admission =
  | { readonly granted: true }
  | { readonly granted: false; readonly retryAfterMs: Millis }

const granted: Admission = { granted: true }

/** Exact, because the counters change in the same command as the jobs. */
export function admit(rows: Rows, queue: Queue | undefined, job: NewJob, at: Moment): Admission {
  if (!isBounded(queue)) return granted
  if (fits(rows, queue, job.bytes)) return granted
  if (queue.config.overflow === 'shedOldest' || queue.config.overflow === 'shedLowest') {
    if (shedFor(rows, queue, job, queue.config.overflow, at)) return granted
  }
  return { granted: false, retryAfterMs: retryAfter(queue) }
}

/** True when one more job of this size stays within the queue's bounds. */
function fits(rows: Rows, queue: Queue, bytes: number): boolean {
  const counters = rows.counters(queue.name)
  return unfinished(counters) < queue.config.maxJobs && counters.bytes + bytes <= queue.config.maxBytes
}

/** Sheds as many as needed, or none: work must not be thrown away in vain. */
function shedFor(
  rows: Rows,
  queue: Queue,
  job: NewJob,
  overflow: 'shedOldest' | 'shedLowest',
  at: Moment,
): boolean {
  const victims = victimsFor(rows, queue, job, overflow)
  for (const { id } of victims) shed(rows, id, at)
  return victims.length > 0
}

// More jobs than this are not shed for one: it would have to be as large as all of them.
const mostVictims = 1_000

function victimsFor(
  rows: Rows,
  queue: Queue,
  job: NewJob,
  overflow: 'shedOldest' | 'shedLowest',
): readonly Job[] {
  const counters = rows.counters(queue.name)
  let jobs = unfinished(counters) + 1 - queue.config.maxJobs
  let bytes = counters.bytes + job.bytes - queue.config.maxBytes
  const victims: Job[] = []
  const order = overflow === 'shedOldest' ? 'oldest' : 'lowest'
  for (const victim of rows.sheddable(queue.name, order, mostVictims)) {
    // The newcomer must be worth more than the job it pushes out.
    if (overflow === 'shedLowest' && victim.priority >= job.priority) break
    // A step that is missing would undo its whole flow.
    if (victim.extras.flow !== undefined) continue
    victims.push(victim)
    jobs -= 1
    bytes -= victim.bytes
    if (jobs <= 0 && bytes <= 0) return victims
  }
  return []
}

function shed(rows: Rows, id: string, at: Moment): void {
  // Read again: the end of one may have let another of its key move.
  const victim = rows.job(id)
  if (victim === undefined || !isUnstarted(victim)) return
  const gone = end(rows, victim, 'expired', at)
  if (rows.listening) rows.emit({ type: 'shed', job: gone })
}
