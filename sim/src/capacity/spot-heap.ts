import { isBefore, type Spot } from './spot.ts'

/** Places in a heap are told from those in a row by being below this. */
export const inHeap = -2

/** Spots in order of key, then seq, whatever order they come in: a 4-ary heap in which each knows its place, so that any can leave. */
export class SpotHeap {
  readonly #spots: Spot[] = []

  get first(): Spot | undefined {
    return this.#spots.length === 0 ? undefined : this.#spots[0]
  }

  add(spot: Spot): void {
    this.#spots.push(spot)
    this.#rise(spot, this.#spots.length - 1)
  }

  remove(spot: Spot): void {
    const hole = inHeap - spot.place
    const last = this.#spots.pop()!
    if (last === spot) return
    this.#rise(last, hole)
    if (last.place === inHeap - hole) this.#sink(last, hole)
  }

  /** The first ones in order, at most `limit` of them, and none after `mostKey`. */
  list(limit: number, mostKey: number): Spot[] {
    const found: Spot[] = []
    for (let first = this.first; first !== undefined; first = this.first) {
      if (found.length >= limit || first.key > mostKey) break
      found.push(first)
      this.remove(first)
    }
    for (const spot of found) this.add(spot)
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
      above.place = inHeap - hole
      hole = parent
    }
    spots[hole] = spot
    spot.place = inHeap - hole
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
      below.place = inHeap - hole
      hole = best
    }
    spots[hole] = spot
    spot.place = inHeap - hole
  }
}
