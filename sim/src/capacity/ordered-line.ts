import { inHeap, SpotHeap } from './spot-heap.ts'
import { isBefore, type Spot } from './spot.ts'

// Gaps are closed when there are more of them than spots, and enough to be worth it.
const leastGaps = 1_024

/**
 * Spots in order of key, then seq. Nearly all join in that order (the later, the greater the due time), and stand in a plain
 * row that is worked off from its head; the few that do not stand in a heap beside it.
 */
export class OrderedLine {
  readonly #row: (Spot | undefined)[] = []
  #head = 0
  // Kept apart from the row's length: to empty an array is to lose its memory, and most lines are short and often empty.
  #tail = 0
  /** Spots in the row. */
  #count = 0
  /** Of the newest in the row, gone or not. */
  #lastKey = 0
  #lastSeq = 0
  readonly #others = new SpotHeap()

  get first(): Spot | undefined {
    const inRow = this.#count === 0 ? undefined : this.#row[this.#head]
    const { first } = this.#others
    if (inRow === undefined || first === undefined) return inRow ?? first
    return isBefore(inRow, first) ? inRow : first
  }

  /** `Infinity` if nobody is in line. */
  get firstKey(): number {
    const { first } = this
    return first === undefined ? Infinity : first.key
  }

  add(spot: Spot, key: number, seq: number): void {
    spot.line = this
    spot.key = key
    spot.seq = seq
    const isInOrder = key > this.#lastKey || (key === this.#lastKey && seq > this.#lastSeq)
    if (this.#count > 0 && !isInOrder) {
      this.#others.add(spot)
      return
    }
    spot.place = this.#tail
    this.#row[this.#tail++] = spot
    this.#lastKey = key
    this.#lastSeq = seq
    this.#count++
  }

  remove(spot: Spot): void {
    spot.line = undefined
    if (spot.place <= inHeap) {
      this.#others.remove(spot)
      return
    }
    this.#row[spot.place] = undefined
    this.#count--
    if (this.#count === 0) this.#head = this.#tail = 0
    else this.#closeGaps()
  }

  /** The first ones in order, at most `limit` of them, and none after `mostKey`. */
  list(limit: number, mostKey = Infinity): Spot[] {
    const found: Spot[] = []
    const others = this.#others.first === undefined ? [] : this.#others.list(limit, mostKey)
    let other = 0
    for (let place = this.#head; place < this.#tail && found.length < limit; place++) {
      const spot = this.#row[place]
      if (spot === undefined) continue
      while (other < others.length && found.length < limit && isBefore(others[other]!, spot))
        found.push(others[other++]!)
      if (found.length >= limit || spot.key > mostKey) break
      found.push(spot)
    }
    while (other < others.length && found.length < limit) found.push(others[other++]!)
    return found
  }

  /** The head stands on a spot; gaps elsewhere are closed now and then. */
  #closeGaps(): void {
    while (this.#row[this.#head] === undefined) this.#head++
    if (this.#tail < 2 * this.#count + leastGaps) return
    let tail = 0
    for (let place = this.#head; place < this.#tail; place++) {
      const spot = this.#row[place]
      if (spot === undefined) continue
      spot.place = tail
      this.#row[tail++] = spot
    }
    this.#row.length = tail
    this.#head = 0
    this.#tail = tail
  }
}
