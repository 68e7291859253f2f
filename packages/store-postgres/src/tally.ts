import { isTerminal, states, type Counters, type Job } from '@millrace/core'

/** How many jobs there are in each state, in the order of `states`, and the bytes of the unfinished ones. */
export type Tally = number[]

export function emptyTally(): Tally {
  return Array.from({ length: states.length + 1 }, () => 0)
}

/** Counts a job in (1) or out (-1). */
export function count(tally: Tally, job: Job, by: 1 | -1): void {
  const state = states.indexOf(job.state)
  tally[state]! += by
  if (!isTerminal(job.state)) tally[states.length]! += by * job.bytes
}

export function countersOf(base: Tally, change: Tally | undefined): Counters {
  const at = (index: number): number => base[index]! + (change?.[index] ?? 0)
  return {
    scheduled: at(0),
    blocked: at(1),
    enqueued: at(2),
    processing: at(3),
    retrying: at(4),
    completed: at(5),
    dead: at(6),
    cancelled: at(7),
    expired: at(8),
    bytes: at(9),
  }
}
