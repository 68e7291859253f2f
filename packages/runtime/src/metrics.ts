import type { Job, Millis, Settlement } from '@millrace/core'
import type { Clock } from './clock.ts'
import { Histogram } from './histogram.ts'

/** What this runtime did since it was created; not what the store holds (`runtime.counts()`), nor what others did. */
export interface MetricsSnapshot {
  readonly counts: Readonly<Record<Counted, number>>
  /** Of the last minute. */
  readonly perSecond: { readonly completed: number; readonly failed: number }
  /** Milliseconds from due to claimed. */
  readonly wait: Quantiles
  /** Milliseconds a handler ran. */
  readonly run: Quantiles
  /** Handlers that run now. */
  readonly running: number
}

export interface Quantiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export type Counted =
  | 'claimed'
  | 'completed'
  | 'failed'
  | 'snoozed'
  | 'released'
  | 'leasesLost'
  | 'abandoned'
  | 'errors'

const windowSeconds = 60

/** Counts what the workers of a runtime do. */
export class Metrics {
  readonly #clock: Clock
  readonly #counts: Record<Counted, number> = {
    claimed: 0,
    completed: 0,
    failed: 0,
    snoozed: 0,
    released: 0,
    leasesLost: 0,
    abandoned: 0,
    errors: 0,
  }
  readonly #wait = new Histogram()
  readonly #run = new Histogram()
  readonly #completed: Window
  readonly #failed: Window

  constructor(clock: Clock) {
    this.#clock = clock
    this.#completed = new Window(clock.monotonic())
    this.#failed = new Window(clock.monotonic())
  }

  count(what: Counted, by = 1): void {
    this.#counts[what] += by
  }

  claimed(jobs: readonly Job[]): void {
    this.#counts.claimed += jobs.length
    for (const job of jobs) this.#wait.record(Math.max(0, job.since - job.runAt))
  }

  ended({ outcome }: Settlement, ms: Millis, now: Millis): void {
    this.#run.record(ms)
    if (outcome === 'complete') {
      this.#counts.completed++
      this.#completed.add(now)
    } else if (outcome === 'fail') {
      this.#counts.failed++
      this.#failed.add(now)
    } else this.#counts[outcome === 'snooze' ? 'snoozed' : 'released']++
  }

  snapshot(running: number): MetricsSnapshot {
    const now = this.#clock.monotonic()
    return {
      counts: { ...this.#counts },
      perSecond: { completed: this.#completed.rate(now), failed: this.#failed.rate(now) },
      wait: quantilesOf(this.#wait),
      run: quantilesOf(this.#run),
      running,
    }
  }
}

/** Counts per second of the last minute, in a ring. */
class Window {
  readonly #seconds = new Uint32Array(windowSeconds)
  readonly #beganAt: Millis
  #second: number

  constructor(now: Millis) {
    this.#beganAt = now
    this.#second = Math.floor(now / 1_000)
  }

  add(now: Millis): void {
    this.#moveTo(now)
    this.#seconds[this.#second % windowSeconds]!++
  }

  rate(now: Millis): number {
    this.#moveTo(now)
    const seconds = Math.min(windowSeconds, Math.max(1, (now - this.#beganAt) / 1_000))
    return this.#seconds.reduce((sum, count) => sum + count, 0) / seconds
  }

  #moveTo(now: Millis): void {
    const second = Math.floor(now / 1_000)
    if (second === this.#second) return
    const passed = Math.min(windowSeconds, second - this.#second)
    for (let step = 0; step < passed; step++) this.#seconds[(second - step) % windowSeconds] = 0
    this.#second = second
  }
}

function quantilesOf(histogram: Histogram): Quantiles {
  return {
    p50: histogram.quantile(0.5),
    p95: histogram.quantile(0.95),
    p99: histogram.quantile(0.99),
    max: histogram.max,
  }
}
