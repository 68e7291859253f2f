import type { Millis } from '@millrace/core'
import type { Clock } from './clock.ts'
import { parseDuration, type Duration } from './duration.ts'
import { checkInteger, checkOptions } from './options.ts'
import { workerStops } from './settlement.ts'
import { within } from './within.ts'
import type { WorkerLoop } from './worker-loop.ts'

export interface StopOptions {
  /** How long running handlers may go on before their signals abort; 10 s, if not given. */
  readonly drain?: Duration
}

/** What stopping left. */
export interface StopReport {
  /** Handlers that did not heed their signals: they may still run, and their jobs run again. */
  readonly abandoned: number
  /** Results the store did not take: their jobs run again when their leases end. */
  readonly unsettled: number
}

// A store that does not answer must not keep a process from ending.
const lastAnswerMs: Millis = 5_000

/** Claims jobs and runs their handlers until it is stopped. */
export class Worker {
  /** The session that holds this worker's leases: never used again. */
  readonly owner: string
  readonly #loop: WorkerLoop
  readonly #clock: Clock
  readonly #onStopped: () => void | Promise<void>
  #stopped: Promise<StopReport> | undefined

  constructor(owner: string, loop: WorkerLoop, clock: Clock, onStopped: () => void | Promise<void>) {
    this.owner = owner
    this.#loop = loop
    this.#clock = clock
    this.#onStopped = onStopped
  }

  /** At most so many handlers at once from now on, and never more than `concurrency`; with 0 nothing is claimed. What runs goes on. */
  limit(most: number): void {
    this.#loop.limit(checkInteger(most, 0, 100_000, 'limit'))
  }

  /** Stops claiming, lets handlers end, then aborts them, gives the rest back, and always settles. Safe to call twice. */
  stop(options: StopOptions = {}): Promise<StopReport> {
    checkOptions(options, ['drain'], 'stop')
    const drainMs = parseDuration(options.drain ?? '10s', 'drain')
    this.#stopped ??= this.#stop(drainMs)
    return this.#stopped
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop(drainMs: Millis): Promise<StopReport> {
    const loop = this.#loop
    loop.stop()
    // Without time to drain, signals abort within this very call: a page that is put away gets no other.
    const isDrained = drainMs > 0 && (await within(this.#clock, loop.whenEmpty(), drainMs))
    if (!isDrained) await this.#abortAll()
    await within(this.#clock, loop.claims.whenIdle(), lastAnswerMs)
    loop.settler.flush()
    await within(this.#clock, loop.settler.whenIdle(), lastAnswerMs)
    const unsettled = loop.settler.close()
    loop.close()
    await this.#onStopped()
    return { abandoned: loop.abandoned, unsettled }
  }

  /** The grace bounds this: a handler that does not heed its signal loses its slot. */
  async #abortAll(): Promise<void> {
    for (const attempt of this.#loop.slots.running.all()) this.#loop.abort(attempt, workerStops(attempt))
    await this.#loop.whenEmpty()
  }
}
