import type { Job } from '@millrace/core'

const most = 2048
const nobody = -1

/**
 * The jobs written and read last, as they are: each has the place of its seq among a few thousand, until another needs
 * that place. With a job whose numbers are not written yet, its owner is kept.
 */
export class HotJobs {
  readonly #mask: number
  readonly #jobs: (Job | undefined)[]
  /** The slot of the job in each place, or -1. */
  readonly #slots: Int32Array
  /** -1 when the numbers are written. */
  readonly #owners: Int32Array

  /** `places` is a power of two. */
  constructor(places: number = most) {
    this.#mask = places - 1
    this.#jobs = Array.from<undefined>({ length: places })
    this.#slots = new Int32Array(places).fill(nobody)
    this.#owners = new Int32Array(places)
  }

  get(slot: number, seq: number): Job | undefined {
    const at = seq & this.#mask
    return this.#slots[at] === slot ? this.#jobs[at] : undefined
  }

  /** The slot of the job that has this one's id and seq, or -1. */
  slotOf({ id, seq }: Job): number {
    const at = seq & this.#mask
    const job = this.#jobs[at]
    return job !== undefined && job.seq === seq && job.id === id ? this.#slots[at]! : nobody
  }

  put(slot: number, job: Job, owner: number): void {
    const at = job.seq & this.#mask
    this.#jobs[at] = job
    this.#slots[at] = slot
    this.#owners[at] = owner
  }

  /** The slot whose numbers must be written before this one can have the place of its seq, or -1. */
  inTheWayOf(slot: number, seq: number): number {
    const at = seq & this.#mask
    const other = this.#slots[at]!
    return other === slot || this.#owners[at] === nobody ? nobody : other
  }

  /** The owner of a job whose numbers are not written; else -1. */
  unwritten(slot: number, seq: number): number {
    const at = seq & this.#mask
    return this.#slots[at] === slot ? this.#owners[at]! : nobody
  }

  written(seq: number): void {
    this.#owners[seq & this.#mask] = nobody
  }

  drop(slot: number, seq: number): void {
    const at = seq & this.#mask
    if (this.#slots[at] !== slot) return
    this.#slots[at] = nobody
    this.#jobs[at] = undefined
  }
}
