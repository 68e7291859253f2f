import { holdsUniqueAt } from './holds.ts'
import type { FlowStep, Job, Millis } from './job.ts'
import type { Moment } from './moment.ts'
import { defaultQueueConfig } from './queue.ts'
import type { Rows } from './rows.ts'
import { isTerminal, type Ending } from './states.ts'

export const endedStates = ['completed', 'dead', 'cancelled', 'expired'] as const

/**
 * Brings a queue's ended jobs down to the counts it is configured for, the oldest going first, about `limit` of each state in one
 * turn: after the count was lowered there may be a million too many.
 */
export function trim(rows: Rows, queue: string, limit: number, at: Moment): number {
  const { retention } = rows.queue(queue)?.config ?? defaultQueueConfig
  const { completed, dead, cancelled, expired } = rows.counters(queue)
  const forgetMost = (state: Ending, excess: number): number =>
    excess > 0 ? forgetState(rows, queue, state, Infinity, at.now, limit, excess) : 0
  return (
    forgetMost('completed', completed - retention.completed.count) +
    forgetMost('dead', dead - retention.dead.count) +
    forgetMost('cancelled', cancelled - retention.cancelled.count) +
    forgetMost('expired', expired - retention.expired.count)
  )
}

/** Forgets ended jobs that are older than retention allows, at most `limit` of each state. */
export function forgetOld(rows: Rows, queue: string, now: Millis, limit: number): number {
  const { retention } = rows.queue(queue)?.config ?? defaultQueueConfig
  let gone = 0
  for (const state of endedStates)
    gone += forgetState(rows, queue, state, now - retention[state].ageMs, now, limit)
  return gone
}

/** Looks further, at `most` jobs, when the oldest ones are all still needed: they must not shield the others for ever. */
function forgetState(
  rows: Rows,
  queue: string,
  state: Ending,
  before: Millis,
  now: Millis,
  limit: number,
  most = Infinity,
): number {
  for (let count = Math.min(limit, most); ; count = Math.min(4 * count, most)) {
    const jobs = rows.ended(queue, state, count)
    const gone = forget(rows, jobs, before, now)
    if (gone > 0 || jobs.length < count || jobs.at(-1)!.since > before) return gone
    if (count === most || count > 64 * limit) return gone
  }
}

/** `before` is the youngest end that may go; jobs that others still need stay. */
function forget(rows: Rows, jobs: readonly Job[], before: Millis, now: Millis): number {
  let gone = 0
  for (const job of jobs) {
    if (job.since > before || isNeeded(rows, job, now)) continue
    rows.remove(job)
    if (rows.listening) rows.emit({ type: 'pruned', job })
    gone++
  }
  return gone
}

/** A parent's result is for its children, a flow's steps for those that undo them, and a window of uniqueness lasts as long as it was promised. */
export function isNeeded(rows: Rows, job: Job, now: Millis): boolean {
  if (rows.dependents(job.id).some((child) => !isTerminal(child.state))) return true
  const { flow, unique } = job.extras
  if (flow !== undefined && rows.flow(flow.id).some((other) => other.id !== job.id && needs(other, flow)))
    return true
  return unique !== undefined && holdsUniqueAt(job, now)
}

/** One that still runs, or an undoing that failed and may be redriven, needs all of its flow; a step needs the proof that it was undone. */
function needs(other: Job, flow: FlowStep): boolean {
  if (!isTerminal(other.state)) return true
  const isUndoing = other.extras.flow?.compensates !== undefined
  return isUndoing ? other.state === 'dead' : flow.compensates !== undefined
}
