import type { Ledger } from './ledger.ts'
import { counts } from './tally.ts'
import type { Micros } from './virtual-time.ts'

const mostRows = 4_096

/** Columns before those of the queues and classes. */
const head = { time: 0, ended: 1, slots: 2, idleWork: 3, empty: 4 } as const
const headColumns = 5
const queueColumns = 3
const classColumns = counts + 2

/** What one class counted up to a moment. */
interface ClassState {
  readonly tally: Float64Array
  readonly waits: number
  readonly sojourns: number
}

/** What all the ledger's sums were at a moment. */
export interface Moments {
  readonly time: Micros
  readonly slots: number
  readonly idleWork: number
  readonly empty: Micros
  readonly queues: readonly {
    readonly waiting: number
    readonly processing: number
    readonly backoff: number
  }[]
  readonly classes: readonly ClassState[]
}

/**
 * The ledger's sums at many moments of the run, so that any stretch of it can be measured afterwards: the warm-up left out,
 * the rest cut into batches. As the run grows, every second row is dropped and the next ones are taken half as often.
 */
export class Snapshots {
  readonly #ledger: Ledger
  readonly #columns: number
  #rows: Float64Array
  #count = 0
  #every = 16
  #ticks = 0
  #warmupAt: Micros | undefined
  #isClosed = false

  constructor(ledger: Ledger) {
    this.#ledger = ledger
    this.#columns = headColumns + queueColumns * ledger.queues.length + classColumns * ledger.classes.length
    this.#rows = new Float64Array(64 * this.#columns)
    this.#take(0)
  }

  get last(): number {
    return this.#count - 1
  }

  /** Called for every fact; takes a row now and then. */
  tick(now: Micros): void {
    if (++this.#ticks < this.#every || this.#isClosed) return
    this.#ticks = 0
    this.#take(now)
  }

  /** The last row: what comes after it is the system running empty, and no part of what is measured over time. */
  close(now: Micros): void {
    if (this.#isClosed) return
    this.#take(now)
    this.#isClosed = true
  }

  #take(now: Micros): void {
    if (this.#count === mostRows) this.#thin()
    const from = this.#count * this.#columns
    if (from === this.#rows.length) this.#grow()
    this.#write(this.#rows, from, now)
    this.#count++
  }

  /** The moment given is the end of the warm-up: its row is kept whatever else is dropped. */
  endWarmup(now: Micros): void {
    this.#warmupAt = now
    this.#count = 0
    this.#take(now)
  }

  /** The row from which the run is measured; `auto` asks the detector, and is 0 if it finds no end of the warm-up. */
  startOfMeasuring(warmup: number | 'auto'): number {
    if (warmup !== 'auto' || this.#warmupAt !== undefined) return 0
    const cut = this.#ledger.warmup.cut() ?? 0
    for (let row = 0; row < this.#count; row++)
      if (this.#rows[row * this.#columns + head.ended]! >= cut) return row
    return 0
  }

  timeOf(row: number): Micros {
    return this.#rows[row * this.#columns + head.time]!
  }

  endedBy(row: number): number {
    return this.#rows[row * this.#columns + head.ended]!
  }

  waits(row: number, ofClass: number): number {
    return this.#rows[this.#classFrom(row, ofClass) + counts]!
  }

  sojourns(row: number, ofClass: number): number {
    return this.#rows[this.#classFrom(row, ofClass) + counts + 1]!
  }

  at(row: number): Moments {
    const rows = this.#rows
    const from = row * this.#columns
    return {
      time: rows[from + head.time]!,
      slots: rows[from + head.slots]!,
      idleWork: rows[from + head.idleWork]!,
      empty: rows[from + head.empty]!,
      queues: this.#ledger.queues.map((_, queue) => {
        const place = from + headColumns + queue * queueColumns
        return { waiting: rows[place]!, processing: rows[place + 1]!, backoff: rows[place + 2]! }
      }),
      classes: this.#ledger.classes.map((_, ofClass) => ({
        tally: rows.slice(this.#classFrom(row, ofClass), this.#classFrom(row, ofClass) + counts),
        waits: this.waits(row, ofClass),
        sojourns: this.sojourns(row, ofClass),
      })),
    }
  }

  #classFrom(row: number, ofClass: number): number {
    const { length } = this.#ledger.queues
    return row * this.#columns + headColumns + queueColumns * length + classColumns * ofClass
  }

  #write(rows: Float64Array, from: number, now: Micros): void {
    const { queues, classes, slots, idleWork } = this.#ledger
    rows[from + head.time] = now
    rows[from + head.ended] = this.#ledger.ended
    rows[from + head.slots] = slots.integralAt(now)
    rows[from + head.idleWork] = idleWork.integralAt(now)
    rows[from + head.empty] = this.#ledger.emptyTimeAt(now)
    let place = from + headColumns
    for (const { waiting, processing, backoff } of queues) {
      rows[place++] = waiting.integralAt(now)
      rows[place++] = processing.integralAt(now)
      rows[place++] = backoff.integralAt(now)
    }
    for (const { tally, wait, sojourn } of classes) {
      rows.set(tally, place)
      rows[place + counts] = wait.count
      rows[place + counts + 1] = sojourn.count
      place += classColumns
    }
  }

  #thin(): void {
    for (let row = 1; row < this.#count / 2; row++)
      this.#rows.copyWithin(row * this.#columns, 2 * row * this.#columns, (2 * row + 1) * this.#columns)
    this.#count = Math.ceil(this.#count / 2)
    this.#every *= 2
  }

  #grow(): void {
    const wider = new Float64Array(this.#rows.length * 2)
    wider.set(this.#rows)
    this.#rows = wider
  }
}
