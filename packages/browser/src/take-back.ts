import type { Job, Millis, Moment, Settlement, Store } from '@millrace/core'
import { systemEntropy, type Clock, type Entropy } from '@millrace/runtime'
import type { LeftMarks } from './left-marks.ts'

const pageSize = 1_000
// A mark comes by another way than the news that its owner is gone, and on a busy machine up to 70 ms later.
const markMs: Millis = 80

/** Takes the jobs of owners that are gone back at once, without waiting for their leases to end. */
export class TakeBack {
  readonly #store: Store
  readonly #marks: LeftMarks
  readonly #clock: Clock
  readonly #entropy: Entropy = systemEntropy()

  constructor(store: Store, marks: LeftMarks, clock: Clock) {
    this.#store = store
    this.#marks = marks
    this.#clock = clock
  }

  /** Those of an owner that left in good order are given back, those of another one crashed. */
  async from(owner: string): Promise<void> {
    const held = await this.#heldBy(owner)
    if (held.length === 0) return
    if (await this.#isMarked(owner)) await this.#release(held)
    else await this.#store.run('reap', { limit: pageSize, gone: [owner] }, this.#moment())
  }

  /** Owners that hold jobs and are not among the living: those that died when nobody looked. */
  async orphaners(
    living: ReadonlySet<string>,
    isOurs: (owner: string) => boolean,
  ): Promise<readonly string[]> {
    const jobs = await this.#processing()
    const owners = new Set(jobs.map(({ owner }) => owner))
    return [...owners].filter((owner) => isOurs(owner) && !living.has(owner))
  }

  /** Asks the store meanwhile, for timers of hidden pages ring once a second. */
  async #isMarked(owner: string): Promise<boolean> {
    const endsAt = this.#clock.monotonic() + markMs
    while (!this.#marks.has(owner) && this.#clock.monotonic() < endsAt) await this.#heldBy(owner)
    return this.#marks.has(owner)
  }

  async #heldBy(owner: string): Promise<readonly Job[]> {
    return (await this.#processing()).filter((job) => job.owner === owner)
  }

  async #release(held: readonly Job[]): Promise<void> {
    const settlements = held.map(({ id, epoch }): Settlement => ({ id, epoch, outcome: 'release' }))
    await this.#store.run('settle', { settlements }, this.#moment())
  }

  async #processing(): Promise<readonly Job[]> {
    const found: Job[] = []
    for (let after = -1; ;) {
      const request = { state: 'processing', after, limit: pageSize } as const
      const { jobs } = await this.#store.run('listJobs', request, this.#moment())
      found.push(...jobs)
      if (jobs.length < pageSize) return found
      after = jobs.at(-1)!.seq
    }
  }

  #moment(): Moment {
    return { now: this.#clock.now(), seed: this.#entropy.seed() }
  }
}
