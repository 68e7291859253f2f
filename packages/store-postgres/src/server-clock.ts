import type { Millis } from '@millrace/core'

/**
 * The server's time between two answers of it: never ahead of it, behind it by a round trip at most, and never going back.
 * Whole milliseconds, like all times here.
 */
export class ServerClock {
  #server = 0
  #here = 0
  #latest = 0

  /** The server said this time not after `here`. */
  learn(server: Millis, here: number = performance.now()): void {
    // The later sample is kept unless the earlier one, gone on since, says more.
    if (server < this.#server + (here - this.#here) - 1_000 || server > this.#server + (here - this.#here)) {
      this.#server = server
      this.#here = here
    }
  }

  now(): Millis {
    this.#latest = Math.max(this.#latest, Math.floor(this.#server + performance.now() - this.#here))
    return this.#latest
  }
}
