import type { LiveJob } from './live-job.ts'
import type { OrderedLine } from './ordered-line.ts'

/** A job's place in one line. It stands in at most one line at a time. */
export class Spot {
  readonly live: LiveJob
  line: OrderedLine | undefined
  key = 0
  seq = 0
  /** Where it stands there; to be read by its line alone. */
  place = 0

  constructor(live: LiveJob) {
    this.live = live
  }

  /** A place for the same job in another line. */
  another(): Spot {
    return new Spot(this.live)
  }
}

export function isBefore(a: Spot, b: Spot): boolean {
  return a.key < b.key || (a.key === b.key && a.seq < b.seq)
}
