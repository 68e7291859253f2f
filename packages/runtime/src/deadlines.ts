import type { Millis } from '@millrace/core'
import type { Attempt } from './attempt.ts'
import type { Clock } from './clock.ts'
import type { Running } from './running.ts'

/** One timer for the timeouts, and the grace after an abort, of all attempts of a worker. */
export class Deadlines {
  readonly #clock: Clock
  readonly #running: Running
  readonly #onTimeout: (attempt: Attempt) => void
  readonly #onGraceOver: (attempt: Attempt) => void
  #armedFor: Millis = Infinity
  #cancel: (() => void) | undefined

  constructor(
    clock: Clock,
    running: Running,
    onTimeout: (attempt: Attempt) => void,
    onGraceOver: (attempt: Attempt) => void,
  ) {
    this.#clock = clock
    this.#running = running
    this.#onTimeout = onTimeout
    this.#onGraceOver = onGraceOver
  }

  /** Something is due at `at`, on the monotonic clock. An earlier alarm stays: it looks again when it rings. */
  watch(at: Millis): void {
    if (at >= this.#armedFor) return
    this.#cancel?.()
    this.#armedFor = at
    this.#cancel = this.#clock.setTimer(Math.max(0, at - this.#clock.monotonic()), () => this.#ring())
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#armedFor = Infinity
  }

  #ring(): void {
    this.#armedFor = Infinity
    const now = this.#clock.monotonic()
    for (const attempt of this.#running.all()) {
      if (nextOf(attempt) > now) continue
      if (attempt.stop === undefined) this.#onTimeout(attempt)
      else this.#onGraceOver(attempt)
    }
    for (const attempt of this.#running.all()) this.watch(nextOf(attempt))
  }
}

function nextOf({ stop, timeoutAt }: Attempt): Millis {
  return stop?.graceUntil ?? timeoutAt
}
