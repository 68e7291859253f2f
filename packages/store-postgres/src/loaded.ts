import type { Job, Key, Millis, Queue, Schedule } from '@millrace/core'
import { keyOf, limitOf, type Read } from './read.ts'
import type { Tally } from './tally.ts'

/** How far a read was loaded. */
export interface Cover {
  /** The last row, if there may be others behind it. */
  readonly end?: Job | undefined
  /** For slots of a key: how many were held. */
  readonly count: number
  /** For what a time has passed for: that time. */
  readonly until: Millis
  readonly limit: number
}

/** One job's time, as an index knows it. */
export interface JobTime {
  readonly id: string
  readonly at: Millis
}

/** What a slice has loaded, beside the jobs. */
export class Loaded {
  readonly queues: Map<string, Queue | undefined> = new Map()
  /** How often each queue's row was written; 0 for one that is not there. */
  readonly revisions: Map<string, number> = new Map()
  readonly tallies: Map<string, Tally> = new Map()
  readonly keys: Map<string, Key | undefined> = new Map()
  readonly schedules: Map<string, Schedule | undefined> = new Map()
  /** How often dependents were loaded, each time of those loaded before. */
  levels = 0
  queueNames: readonly string[] = []
  /** Something was due or overdue when the times were loaded. */
  isPast = false
  /** The earliest times of each index, and whether there may be others behind. */
  times: readonly { readonly earliest: readonly JobTime[]; readonly mayBeMore: boolean }[] = []
  readonly #covers = new Map<string, Cover>()

  coverOf(read: Read): Cover | undefined {
    return this.#covers.get(keyOf(read))
  }

  cover(read: Read, { end, count = 0, until = Infinity }: Partial<Cover> = {}): void {
    this.#covers.set(keyOf(read), { end, count, until, limit: limitOf(read) })
  }
}
