import type { Millis } from '@millrace/core'
import type { Clock } from './clock.ts'

// Longer, and a page drops a frame and a server answers late.
const longestRunMs: Millis = 10

/** Sees how long the worker has run without letting the event loop turn: no-op handlers on a store in memory would never do so. */
export class TurnWatch {
  readonly #clock: Clock
  readonly #onTurn: () => void
  #turnBegan: Millis = 0
  #waiting = false
  #paused = false

  constructor(clock: Clock, onTurn: () => void) {
    this.#clock = clock
    this.#onTurn = onTurn
  }

  /** Work begins: from here on the turn is watched. */
  watch(now: Millis): void {
    if (this.#waiting) return
    this.#waiting = true
    this.#turnBegan = now
    this.#clock.afterTurn(() => this.#turned())
  }

  /** True when it is time to pause; `onTurn` is called when the loop has turned. */
  isOver(now: Millis): boolean {
    if (!this.#waiting || now - this.#turnBegan < longestRunMs) return false
    this.#paused = true
    return true
  }

  #turned(): void {
    this.#waiting = false
    if (!this.#paused) return
    this.#paused = false
    this.#onTurn()
  }
}
