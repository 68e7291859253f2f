import type { Job, Key, Millis, Queue, Schedule } from '@millrace/core'
import type { Order } from './order.ts'
import { keyOf, limitOf, Unread, withLimit, type Clocked, type Read, type ReadOf } from './read.ts'
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

  mustCover(read: Read): Cover {
    const cover = this.coverOf(read)
    if (cover === undefined) throw new Unread(read)
    return cover
  }

  /** The best of a list, if enough of it was loaded to say so: behind the last row of a full load there may be others. */
  best(read: Read, jobs: readonly Job[], order: Order): readonly Job[] {
    const limit = limitOf(read)
    const { end, limit: loaded } = this.mustCover(read)
    const known = end === undefined ? jobs : jobs.filter((job) => order(job, end) <= 0)
    if (end !== undefined && known.length < limit) throw new Unread(withLimit(read, limit + loaded))
    return known.toSorted(order).slice(0, limit)
  }

  /** The best of a list of what a time has passed for, if it was loaded for that time. */
  past(read: ReadOf<Clocked>, jobs: readonly Job[], order: Order): readonly Job[] {
    if (this.mustCover(read).until < read.now) throw new Unread(read)
    return this.best(read, jobs, order)
  }

  cover(read: Read, { end, count = 0, until = Infinity }: Partial<Cover> = {}): void {
    this.#covers.set(keyOf(read), { end, count, until, limit: limitOf(read) })
  }
}
