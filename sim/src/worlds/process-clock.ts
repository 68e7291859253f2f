import type { Millis } from '@millrace/core'
import type { Clock } from '@millrace/runtime'
import type { Timeline } from './timeline.ts'

/** The clock of one process. What is paused does nothing until it goes on; what is dead never does anything again. */
export class ProcessClock implements Clock {
  readonly #timeline: Timeline
  readonly #wall: () => Millis
  readonly #timers = new Set<() => void>()
  readonly #others = new Set<() => void>()
  #rate = 1
  #pausedUntil = 0
  #isDead = false

  constructor(timeline: Timeline, wall: () => Millis) {
    this.#timeline = timeline
    this.#wall = wall
  }

  now(): Millis {
    return this.#wall()
  }

  monotonic(): Millis {
    return this.#timeline.now * this.#rate
  }

  setTimer(delayMs: Millis, fn: () => void): () => void {
    return this.#arm(this.#timeline.now + Math.ceil(Math.max(0, delayMs)) / this.#rate, fn, this.#timers)
  }

  /** What the world does to the process, and its handlers: it waits for the process too, but it is none of the runtime's timers. */
  later(delayMs: Millis, fn: () => void): void {
    this.#arm(this.#timeline.now + delayMs, fn, this.#others)
  }

  afterTurn(fn: () => void): void {
    this.setTimer(0, fn)
  }

  /** The runtime's timers, set and not yet run. */
  get timers(): number {
    return this.#timers.size
  }

  get isPaused(): boolean {
    return this.#timeline.now < this.#pausedUntil
  }

  get isDead(): boolean {
    return this.#isDead
  }

  pause(forMs: Millis): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#timeline.now + forMs)
  }

  /** From now on its time passes so much faster; timers that are set keep theirs. */
  drift(rate: number): void {
    this.#rate = rate
  }

  die(): void {
    this.#isDead = true
    for (const cancel of [...this.#timers, ...this.#others]) cancel()
  }

  #arm(at: number, fn: () => void, timers: Set<() => void>): () => void {
    if (this.#isDead) return () => {}
    let drop = this.#timeline.at(at, ring)
    const cancel = (): void => {
      timers.delete(cancel)
      drop()
    }
    timers.add(cancel)
    const isPaused = (): boolean => this.isPaused
    const again = (): void => void (drop = this.#timeline.at(this.#pausedUntil, ring))
    function ring(): void {
      if (isPaused()) return again()
      timers.delete(cancel)
      fn()
    }
    return cancel
  }
}
