import type { Millis } from '@millrace/core'

// Handlers differ from call to call; a new time moves the estimate by this share.
const learning = 0.2

/** How long handlers take, by the names of their jobs: what a worker's line may hold is measured in time, not in calls. */
export class Pace {
  readonly #estimates = new Map<string, Millis>()

  /** Infinite until one call was measured: nothing is sent ahead behind an unknown. */
  of(name: string): Millis {
    return this.#estimates.get(name) ?? Infinity
  }

  learn(name: string, ms: Millis): void {
    const known = this.#estimates.get(name)
    this.#estimates.set(name, known === undefined ? ms : known + learning * (ms - known))
  }
}
