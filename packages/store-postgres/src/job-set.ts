import { holdsKeySlot, type Job } from '@millrace/core'
import { JobIndex } from './job-index.ts'
import { count, emptyTally, type Tally } from './tally.ts'
import type { UndoLog } from './undo-log.ts'

/** One job that is not what was loaded. */
export interface ChangedJob {
  readonly before: Job | undefined
  readonly after: Job | undefined
}

/** The jobs of a slice: as they were loaded, as they are now, and what that changes in the counters. */
export class JobSet {
  readonly index: JobIndex = new JobIndex()
  /** What the changes add to each queue's counters. */
  readonly tallies: Map<string, Tally> = new Map<string, Tally>()
  readonly #loaded = new Map<string, Job | undefined>()
  readonly #now = new Map<string, Job | undefined>()
  readonly #slots = new Map<string, number>()
  readonly #undo: UndoLog

  constructor(undo: UndoLog) {
    this.#undo = undo
  }

  /** Takes rows in as loaded. Those a command has changed stay as they are. */
  take(jobs: readonly Job[]): void {
    for (const job of jobs) {
      if (this.#now.has(job.id)) continue
      this.#loaded.set(job.id, job)
      this.#now.set(job.id, job)
      this.index.add(job)
    }
  }

  /** These are not there, or are taken not to be: the write fails if that was wrong. */
  takeAbsent(id: string): void {
    if (this.#now.has(id)) return
    this.#loaded.set(id, undefined)
    this.#now.set(id, undefined)
  }

  get size(): number {
    return this.#now.size
  }

  has(id: string): boolean {
    return this.#now.has(id)
  }

  get(id: string): Job | undefined {
    return this.#now.get(id)
  }

  all(): readonly Job[] {
    return [...this.#now.values()].filter((job) => job !== undefined)
  }

  set(id: string, after: Job | undefined): void {
    const before = this.#now.get(id)
    this.#move(id, before, after)
    this.#undo.push(() => this.#move(id, after, before))
  }

  *changed(): Iterable<ChangedJob> {
    for (const [id, after] of this.#now) {
      const before = this.#loaded.get(id)
      if (before !== after) yield { before, after }
    }
  }

  /** How many more slots of a key are held than when it was loaded. */
  slotsTaken(slot: string): number {
    return this.#slots.get(slot) ?? 0
  }

  #move(id: string, before: Job | undefined, after: Job | undefined): void {
    if (before !== undefined) {
      this.index.remove(before)
      this.#count(before, -1)
    }
    if (after !== undefined) {
      this.index.add(after)
      this.#count(after, 1)
    }
    this.#now.set(id, after)
  }

  #count(job: Job, by: 1 | -1): void {
    let tally = this.tallies.get(job.queue)
    if (tally === undefined) {
      tally = emptyTally()
      this.tallies.set(job.queue, tally)
    }
    count(tally, job, by)
    if (!holdsKeySlot(job)) return
    const slot = slotOf(job.queue, job.extras.key!)
    this.#slots.set(slot, (this.#slots.get(slot) ?? 0) + by)
  }
}

/** One name for a key of a queue. */
export function slotOf(queue: string, key: string): string {
  return JSON.stringify([queue, key])
}
