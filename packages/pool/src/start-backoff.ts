import type { Millis } from '@millrace/core'

// The first replacements come at once: most deaths are one job's fault, and the next job must not wait for it.
const free = 3
const firstMs = 50
const longestMs = 2_000

/** How long to wait before another worker is started: longer with each that died without having ended a single call. */
export class StartBackoff {
  #fruitless = 0
  #unstarted = 0

  /** True when one after the other failed to start. */
  get isBroken(): boolean {
    return this.#unstarted >= free
  }

  get delayMs(): Millis {
    if (this.#fruitless <= free) return 0
    return Math.min(longestMs, firstMs * 2 ** (this.#fruitless - free - 1))
  }

  started(): void {
    this.#unstarted = 0
  }

  worked(): void {
    this.#fruitless = 0
  }

  died(wasReady: boolean, ended: number): void {
    if (!wasReady) this.#unstarted++
    if (ended === 0) this.#fruitless++
  }
}
