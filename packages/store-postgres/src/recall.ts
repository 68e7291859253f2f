import type { Job } from '@millrace/core'

// Only a help: what was forgotten is looked up.
const mostRecalled = 100_000

/** What a worker's later commands will need to know of the jobs it claimed, so that one round trip loads it. */
export interface Recalled {
  readonly queue: string
  readonly key?: string | undefined
  readonly flow?: string | undefined
}

/** Remembers jobs from their claim to their settlement. */
export class Recall {
  /** The last claim found something due or overdue: the next one probably will too. */
  isDue = false
  readonly #jobs = new Map<string, Recalled>()

  /** What a claim answered, and whether anything was due. */
  remember(jobs: readonly Job[], isDue: boolean): void {
    this.isDue = isDue
    for (const { id, queue, extras } of jobs)
      this.#jobs.set(id, { queue, key: extras.key, flow: extras.flow?.id })
    for (const id of this.#jobs.keys()) {
      if (this.#jobs.size <= mostRecalled) return
      this.#jobs.delete(id)
    }
  }

  of(id: string): Recalled | undefined {
    return this.#jobs.get(id)
  }

  forget(id: string): void {
    this.#jobs.delete(id)
  }
}
