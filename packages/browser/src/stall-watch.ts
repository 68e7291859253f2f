import type { Millis } from '@millrace/core'

/** Calls once when nothing has moved for a while. */
export class StallWatch {
  readonly #ms: Millis
  readonly #onStall: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(ms: Millis, onStall: () => void) {
    this.#ms = ms
    this.#onStall = onStall
    this.moved()
  }

  moved(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#onStall, this.#ms)
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}
