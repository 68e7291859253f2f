import type { LiveJob } from './live-job.ts'

/** A job's place in one line. It stands in at most one line at a time. */
export class Spot {
  readonly live: LiveJob
  key = 0
  seq = 0
  place = -1

  constructor(live: LiveJob) {
    this.live = live
  }

  /** A place for the same job in another line. */
  another(): Spot {
    return new Spot(this.live)
  }
}

/** Spots in order of key, then seq: a 4-ary heap in which each spot knows its place, so that any can leave. */
export class OrderedLine {
  readonly #spots: Spot[] = []

  get first(): Spot | undefined {
    return this.#spots[0]
  }

  /** `Infinity` if nobody is in line. */
  get firstKey(): number {
    return this.#spots.length === 0 ? Infinity : this.#spots[0]!.key
  }

  add(spot: Spot, key: number, seq: number): void {
    spot.key = key
    spot.seq = seq
    this.#spots.push(spot)
    this.#rise(spot, this.#spots.length - 1)
  }

  remove(spot: Spot): void {
    const hole = spot.place
    const last = this.#spots.pop()!
    spot.place = -1
    if (last === spot) return
    this.#rise(last, hole)
    if (last.place === hole) this.#sink(last, hole)
  }

  /** The first ones in order, at most `limit` of them, and none after `mostKey`. */
  list(limit: number, mostKey = Infinity): Spot[] {
    const found: Spot[] = []
    if (limit < 1 || this.firstKey > mostKey) return found
    if (limit === 1) return [this.#spots[0]!]
    while (found.length < limit && this.firstKey <= mostKey && this.#spots.length > 0) {
      const first = this.#spots[0]!
      found.push(first)
      this.remove(first)
    }
    for (const spot of found) this.add(spot, spot.key, spot.seq)
    return found
  }

  #rise(spot: Spot, from: number): void {
    const spots = this.#spots
    let hole = from
    while (hole > 0) {
      const parent = (hole - 1) >> 2
      const above = spots[parent]!
      if (!isBefore(spot, above)) break
      spots[hole] = above
      above.place = hole
      hole = parent
    }
    spots[hole] = spot
    spot.place = hole
  }

  #sink(spot: Spot, from: number): void {
    const spots = this.#spots
    let hole = from
    for (;;) {
      const children = hole * 4 + 1
      if (children >= spots.length) break
      let best = children
      const end = Math.min(children + 4, spots.length)
      for (let child = children + 1; child < end; child++)
        if (isBefore(spots[child]!, spots[best]!)) best = child
      const below = spots[best]!
      if (!isBefore(below, spot)) break
      spots[hole] = below
      below.place = hole
      hole = best
    }
    spots[hole] = spot
    spot.place = hole
  }
}

function isBefore(a: Spot, b: Spot): boolean {
  return a.key < b.key || (a.key === b.key && a.seq < b.seq)
}
