import type { Millis } from '@millrace/core'
import type { Clock } from './clock.ts'

// Timers do not count the time a machine sleeps, and the wall clock may be set: while something is due later, look at the time this often.
const longestSleepMs: Millis = 60_000

/** Rings once the wall clock has reached the earliest of the times it was told. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #at: Millis = Infinity
  #cancel: (() => void) | undefined
  #closed = false

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  set(at: Millis): void {
    if (at >= this.#at || this.#closed) return
    this.#at = at
    this.#cancel?.()
    this.#sleep()
  }

  close(): void {
    this.#closed = true
    this.#at = Infinity
    this.#cancel?.()
  }

  #sleep(): void {
    const left = Math.max(0, this.#at - this.#clock.now())
    this.#cancel = this.#clock.setTimer(Math.min(left, longestSleepMs), () => this.#awake())
  }

  #awake(): void {
    if (this.#clock.now() < this.#at) return this.#sleep()
    this.#at = Infinity
    this.#ring()
  }
}
