/** What happens first among events of the same microsecond: what frees comes before what takes. */
export const phase = {
  completion: 0,
  cancel: 1,
  expiry: 2,
  capacity: 3,
  retry: 4,
  arrival: 5,
  dispatch: 6,
  sample: 7,
} as const

// Phase and sequence in one exact number: 2^49 events in a run, eight phases.
const phaseSpan = 2 ** 49

/**
 * The events to come, in order of (time, phase, order of insertion): a 4-ary heap in typed arrays, which makes no garbage.
 * After `pop()` the fields `time`, `kind` and `subject` are those of the event taken.
 */
export class EventHeap {
  time = 0
  kind = 0
  subject = 0
  #size = 0
  #sequence = 0
  #times = new Float64Array(64)
  #orders = new Float64Array(64)
  #kinds = new Int32Array(64)
  #subjects = new Int32Array(64)

  get size(): number {
    return this.#size
  }

  /** When the next event happens; `Infinity` if there is none. */
  get nextTime(): number {
    return this.#size === 0 ? Infinity : this.#times[0]!
  }

  push(time: number, phaseNumber: number, kind: number, subject: number): void {
    if (this.#size === this.#times.length) this.#grow()
    const order = phaseNumber * phaseSpan + this.#sequence++
    let hole = this.#size++
    while (hole > 0) {
      const parent = (hole - 1) >> 2
      const parentTime = this.#times[parent]!
      if (parentTime < time || (parentTime === time && this.#orders[parent]! < order)) break
      this.#move(parent, hole)
      hole = parent
    }
    this.#set(hole, time, order, kind, subject)
  }

  /** Takes the first event; false if there is none. */
  pop(): boolean {
    if (this.#size === 0) return false
    this.time = this.#times[0]!
    this.kind = this.#kinds[0]!
    this.subject = this.#subjects[0]!
    this.#size--
    if (this.#size > 0) this.#sink()
    return true
  }

  /** Puts the last event where it belongs, from the root down. */
  #sink(): void {
    const last = this.#size
    const time = this.#times[last]!
    const order = this.#orders[last]!
    let hole = 0
    for (;;) {
      const best = this.#firstChild(hole)
      if (best < 0) break
      const bestTime = this.#times[best]!
      if (time < bestTime || (time === bestTime && order < this.#orders[best]!)) break
      this.#move(best, hole)
      hole = best
    }
    this.#set(hole, time, order, this.#kinds[last]!, this.#subjects[last]!)
  }

  /** The earliest of a place's children; -1 if it has none. */
  #firstChild(parent: number): number {
    const from = parent * 4 + 1
    if (from >= this.#size) return -1
    const to = from + 4 < this.#size ? from + 4 : this.#size
    let best = from
    let bestTime = this.#times[from]!
    for (let child = from + 1; child < to; child++) {
      const time = this.#times[child]!
      if (time < bestTime || (time === bestTime && this.#orders[child]! < this.#orders[best]!)) {
        best = child
        bestTime = time
      }
    }
    return best
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from]!
    this.#orders[to] = this.#orders[from]!
    this.#kinds[to] = this.#kinds[from]!
    this.#subjects[to] = this.#subjects[from]!
  }

  #set(place: number, time: number, order: number, kind: number, subject: number): void {
    this.#times[place] = time
    this.#orders[place] = order
    this.#kinds[place] = kind
    this.#subjects[place] = subject
  }

  #grow(): void {
    const length = this.#times.length * 2
    this.#times = widened(this.#times, new Float64Array(length))
    this.#orders = widened(this.#orders, new Float64Array(length))
    this.#kinds = widened(this.#kinds, new Int32Array(length))
    this.#subjects = widened(this.#subjects, new Int32Array(length))
  }
}

function widened<Numbers extends Float64Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from)
  return to
}
