import { moves, type Trace } from '../kernel/trace.ts'
import { leavers, type Away } from './away.ts'

/** Where a job stands on the stage. */
export const place = {
  nowhere: 0,
  outside: 1,
  line: 2,
  worker: 3,
  backoff: 4,
  done: 5,
  dead: 6,
  refused: 7,
  shed: 8,
} as const

const code = Object.fromEntries(moves.map((move, index) => [move, index])) as Record<
  (typeof moves)[number],
  number
>

/** One run, seen at any moment: moved forward move by move, or run again from the start to go back. */
export class Film {
  readonly trace: Trace
  readonly places: Uint8Array
  /** When the job came to its place. */
  readonly since: Float64Array
  /** The end of its backoff. */
  readonly until: Float64Array
  /** In the order of coming. */
  readonly waiting: Set<number> = new Set()
  readonly outside: Set<number> = new Set()
  readonly backoff: Set<number> = new Set()
  readonly dead: Set<number> = new Set()
  /** By worker: its job, -1 for none, -2 for one that works for nothing. */
  readonly slots: Int32Array
  /** Jobs that left lately, newest last. */
  readonly leaving: number[] = []
  done = 0
  refused = 0
  shed = 0
  late = 0
  attempts = 0
  readonly #away: Away | undefined
  /** Slots of those who go away, once they have. */
  #gone: readonly number[] = []
  readonly #lastSlot = new Map<number, number>()
  #next = 0
  #time = 0

  constructor(
    trace: Trace,
    { workers, away }: { readonly workers: number; readonly away?: Away | undefined },
  ) {
    this.trace = trace
    this.#away = away
    this.places = new Uint8Array(trace.classes.length)
    this.since = new Float64Array(trace.classes.length)
    this.until = new Float64Array(trace.classes.length)
    this.slots = new Int32Array(workers).fill(-1)
  }

  get time(): number {
    return this.#time
  }

  get working(): number {
    return this.slots.reduce((sum, job, slot) => sum + (job >= 0 && !this.isAway(slot) ? 1 : 0), 0)
  }

  /** Workers that are there. */
  get staff(): number {
    return this.slots.length - this.#gone.filter((slot) => this.isAway(slot)).length
  }

  /** Told to go, though it may still have something to end. */
  hasLeft(slot: number): boolean {
    return this.#gone.includes(slot) && this.#time < this.#away!.until
  }

  isAway(slot: number): boolean {
    return this.hasLeft(slot) && (this.#away!.who === 'first' || this.slots[slot] === -1)
  }

  /** When the worker of the slot last renewed a lease that it renews every so many seconds. */
  renewedAt(slot: number, every: number): number {
    const since = this.since[this.slots[slot]!]!
    const until = this.isAway(slot) ? Math.max(since, this.#away!.from) : this.#time
    return since + Math.floor((until - since) / every) * every
  }

  /** Workers whose handler goes on though its job was given up: idle ones would have claimed what waits. */
  get wasted(): number {
    return this.waiting.size === 0 ? 0 : this.slots.reduce((sum, job) => sum + (job === -2 ? 1 : 0), 0)
  }

  /** Goes to the moment; answers false if it had to go back. */
  seek(time: number): boolean {
    const isForward = time >= this.#time
    if (!isForward) this.#rewind()
    const { times, length } = this.trace
    while (this.#next < length && times[this.#next]! <= time) {
      this.#pass(times[this.#next]!)
      this.#apply(this.#next++)
    }
    this.#pass(time)
    return isForward
  }

  /** The time of the next move after the present moment. */
  get nextAt(): number {
    return this.trace.times[this.#next] ?? this.trace.horizon
  }

  /** The time of the last move before the moment. */
  before(time: number): number {
    const { times, length } = this.trace
    let low = 0
    let high = length
    while (low < high) {
      const middle = (low + high) >> 1
      if (times[middle]! < time) low = middle + 1
      else high = middle
    }
    return low === 0 ? 0 : times[low - 1]!
  }

  #pass(time: number): void {
    this.#time = time
    if (this.#away !== undefined && time >= this.#away.from && this.#gone.length === 0)
      this.#gone = leavers(this.#away, this.slots)
  }

  #rewind(): void {
    this.#gone = []
    this.places.fill(place.nowhere)
    for (const set of [this.waiting, this.outside, this.backoff, this.dead]) set.clear()
    this.slots.fill(-1)
    this.leaving.length = 0
    this.done = this.refused = this.shed = this.late = this.attempts = 0
    this.#next = 0
  }

  #apply(index: number): void {
    const { jobs, workers, until, times } = this.trace
    const job = jobs[index]!
    const move = this.trace.moves[index]!
    if (move === code.late) return void this.late++
    if (move === code.lingers) return this.#linger(job)
    const to = destination[move]!
    this.#leave(job)
    this.places[job] = to
    this.since[job] = times[index]!
    if (to === place.line) this.waiting.add(job)
    else if (to === place.outside) this.outside.add(job)
    else if (to === place.backoff) {
      this.backoff.add(job)
      this.until[job] = until[index]!
    } else if (to === place.worker) {
      this.slots[workers[index]!] = job
      this.attempts++
    } else this.#end(job, to)
  }

  #linger(job: number): void {
    const slot = this.#lastSlot.get(job)
    if (slot !== undefined) this.slots[slot] = -2
  }

  #leave(job: number): void {
    this.waiting.delete(job)
    this.outside.delete(job)
    this.backoff.delete(job)
    if (this.places[job] !== place.worker) return
    const slot = this.slots.indexOf(job)
    this.#lastSlot.set(job, slot)
    if (slot >= 0) this.slots[slot] = -1
  }

  #end(job: number, to: number): void {
    if (to === place.done) this.done++
    if (to === place.refused) this.refused++
    if (to === place.shed) this.shed++
    if (to === place.dead) this.dead.add(job)
    this.leaving.push(job)
    if (this.leaving.length > 60) this.leaving.splice(0, 30)
  }
}

const destination: Readonly<Record<number, number>> = {
  [code.arrives]: place.line,
  [code.refused]: place.refused,
  [code.outside]: place.outside,
  [code.starts]: place.worker,
  [code.retries]: place.backoff,
  [code.returns]: place.line,
  [code.completes]: place.done,
  [code.dies]: place.dead,
  [code.shed]: place.shed,
}
