import type { Micros } from './virtual-time.ts'

/** Where a live job is, as the simulator sees it. */
export const whereabouts = { nowhere: 0, waiting: 1, processing: 2, backoff: 3, outside: 4 } as const

/** What the simulator knows of each live job, in columns. A job's id is its slot as text, and is given out again when the job is gone. */
export class JobSlots {
  readonly ids: string[] = []
  ofClass = new Int32Array(64)
  entity = new Float64Array(64)
  /** The user who waits for it; -1 if none does. */
  user = new Int32Array(64)
  createdAt = new Float64Array(64)
  /** Start of its present stay: in line, with a worker, in backoff. */
  since = new Float64Array(64)
  /** When it expires unless it has started. */
  deadline = new Float64Array(64)
  whereabouts = new Uint8Array(64)
  /** Attempts that still run, the job's own and those it was taken from. */
  runs = new Int32Array(64)
  readonly #free: number[] = []
  #used = 0

  take(): number {
    const slot = this.#free.pop() ?? this.#open()
    this.runs[slot] = 0
    return slot
  }

  give(slot: number): void {
    this.whereabouts[slot] = whereabouts.nowhere
    this.#free.push(slot)
  }

  /** Starts of the present stays of all jobs at one place. */
  *staysAt(place: number, includes: (slot: number) => boolean): Generator<Micros> {
    for (let slot = 0; slot < this.#used; slot++)
      if (this.whereabouts[slot] === place && includes(slot)) yield this.since[slot]!
  }

  get live(): number {
    return this.#used - this.#free.length
  }

  #open(): number {
    const slot = this.#used++
    this.ids.push(String(slot))
    if (slot === this.ofClass.length) this.#grow(slot * 2)
    return slot
  }

  #grow(length: number): void {
    const wider = <Numbers extends Float64Array | Int32Array | Uint8Array>(
      from: Numbers,
      to: Numbers,
    ): Numbers => {
      to.set(from)
      return to
    }
    this.ofClass = wider(this.ofClass, new Int32Array(length))
    this.entity = wider(this.entity, new Float64Array(length))
    this.user = wider(this.user, new Int32Array(length))
    this.createdAt = wider(this.createdAt, new Float64Array(length))
    this.since = wider(this.since, new Float64Array(length))
    this.deadline = wider(this.deadline, new Float64Array(length))
    this.whereabouts = wider(this.whereabouts, new Uint8Array(length))
    this.runs = wider(this.runs, new Int32Array(length))
  }
}
