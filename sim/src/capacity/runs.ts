import type { Micros } from './virtual-time.ts'

/** What an attempt will come to, drawn at its start. */
export const fate = { completes: 0, fails: 1, crashes: 2, timesOut: 3 } as const

/** One attempt on a worker's slot. */
export interface Run {
  /** The job's slot; the worker may hold it after the job was taken away. */
  job: number
  epoch: number
  attempt: number
  worker: number
  fate: number
  claimedAt: Micros
  /** When it comes to its end: an event at any other time is stale. -1 while it stands still or is over. */
  dueAt: Micros
  /** Work that remains of a run that stands still. */
  left: Micros
  /** When its lease ends if its worker does not come back. */
  leaseEndsAt: Micros
  /** Time for which a timed-out handler keeps its slot. */
  linger: Micros
  /** False once the core has no more to do with it. */
  held: boolean
}

/** The attempts that occupy a slot, by number; numbers are given out again. */
export class Runs {
  readonly list: Run[] = []
  readonly #free: number[] = []

  take(): number {
    const free = this.#free.pop()
    if (free !== undefined) return free
    const run: Run = {
      job: 0,
      epoch: 0,
      attempt: 0,
      worker: 0,
      fate: 0,
      claimedAt: 0,
      dueAt: -1,
      left: 0,
      leaseEndsAt: 0,
      linger: 0,
      held: false,
    }
    return this.list.push(run) - 1
  }

  give(number: number): void {
    const run = this.list[number]!
    run.dueAt = -1
    run.job = -1
    this.#free.push(number)
  }
}
