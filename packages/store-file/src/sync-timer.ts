/** A flush that takes longer blocks the thread for too long. */
const fastMs = 1
/** The weight of the newest measurement; the first counts in full. */
const weight = 0.1

/** How long flushes take here, as a moving average: a fast device may be waited for on the thread, a slow one may not. */
export class SyncTimer {
  readonly #now: () => number
  #averageMs = 0
  #count = 0

  constructor(now: () => number) {
    this.#now = now
  }

  get isFast(): boolean {
    return this.#averageMs < fastMs
  }

  measure(sync: () => void): void {
    const start = this.#now()
    sync()
    this.#note(this.#now() - start)
  }

  async measureLater(sync: () => Promise<void>): Promise<void> {
    const start = this.#now()
    await sync()
    this.#note(this.#now() - start)
  }

  #note(elapsedMs: number): void {
    this.#averageMs += (elapsedMs - this.#averageMs) * (this.#count++ === 0 ? 1 : weight)
  }
}
