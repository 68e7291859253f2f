/** For a small group, mostly of a lone caller who waits anyway, the thread may stand still for so long. */
const longestLoneMs = 1
const loneBytes = 4096
/** Under load it may only where the way to another thread and back, some 60 µs, is a good part of the flush itself. */
const longestCrowdedMs = 0.3
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

  /** Is it better to wait for the flush of so many bytes on the thread? */
  isFasterThanAHop(bytes: number): boolean {
    return this.#averageMs < (bytes < loneBytes ? longestLoneMs : longestCrowdedMs)
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
