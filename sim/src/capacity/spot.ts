import type { LiveJob } from './live-job.ts'

export const nowhere = -1

/** A job's place in one line. It stands in at most one line at a time. */
export class Spot {
  readonly live: LiveJob
  key = 0
  seq = 0
  /** Where it stands, to be read by its line alone; `nowhere` if in none. */
  place: number = nowhere

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
