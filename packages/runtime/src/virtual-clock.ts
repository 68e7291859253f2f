import type { Millis } from '@millrace/core'
import type { Clock } from './clock.ts'

interface Timer {
  readonly at: Millis
  readonly order: number
  readonly fn: () => void
}

/** A clock for tests: time stands still until it is moved, and then everything due happens in order. */
export class VirtualClock implements Clock {
  #now: Millis
  #elapsed: Millis = 0
  #order = 0
  readonly #timers = new Set<Timer>()

  constructor(startAt: Millis = Date.UTC(2026, 0, 1)) {
    this.#now = startAt
  }

  now(): Millis {
    return this.#now
  }

  monotonic(): Millis {
    return this.#elapsed
  }

  setTimer(delayMs: Millis, fn: () => void): () => void {
    // In whole milliseconds, as the real ones: a fraction could be too small to move the time at all.
    const timer = { at: this.#elapsed + Math.max(0, Math.ceil(delayMs)), order: this.#order++, fn }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  afterTurn(fn: () => void): void {
    this.setTimer(0, fn)
  }

  /** Timers set and not yet run. */
  get timers(): number {
    return this.#timers.size
  }

  /** How long until the next timer; `Infinity` when there is none. */
  untilNext(): Millis {
    const next = this.#earliest()
    return next === undefined ? Infinity : Math.max(0, next.at - this.#elapsed)
  }

  /** Moves time forward, runs each timer at its time, and lets everything that follows from it settle before the next. */
  async advance(byMs: Millis): Promise<void> {
    await settled()
    const end = this.#elapsed + byMs
    for (let next = this.#earliest(); next !== undefined && next.at <= end; next = this.#earliest()) {
      this.#moveTo(next.at)
      this.#timers.delete(next)
      next.fn()
      await settled()
    }
    this.#moveTo(end)
    await settled()
  }

  /** Time passes and nothing runs, as while a laptop sleeps or a process is stopped; timers that fell due run at the next `advance`. */
  suspend(forMs: Millis): void {
    this.#moveTo(this.#elapsed + forMs)
  }

  /** The wall clock is set; the monotonic one goes on. */
  setWall(now: Millis): void {
    this.#now = now
  }

  #moveTo(elapsed: Millis): void {
    const step = Math.max(0, elapsed - this.#elapsed)
    this.#elapsed += step
    this.#now += step
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined
    for (const timer of this.#timers)
      if (
        earliest === undefined ||
        timer.at < earliest.at ||
        (timer.at === earliest.at && timer.order < earliest.order)
      )
        earliest = timer
    return earliest
  }
}

/** Two turns of the real event loop: every microtask has run, and so has what a store did in one turn of its own. */
async function settled(): Promise<void> {
  await turn()
  await turn()
}

declare const setImmediate: ((fn: () => void) => unknown) | undefined

function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
}
