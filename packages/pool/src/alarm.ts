import type { Millis } from '@millrace/core'

/** Milliseconds that never jump. */
export function monotonic(): Millis {
  return performance.now()
}

/** One timer for whatever is due next: setting it costs nothing while an earlier one is set. */
export class Alarm {
  readonly #ring: () => void
  #at: Millis = Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(ring: () => void) {
    this.#ring = ring
  }

  /** Rings at `at` or before; whoever is woken too early sets it again. In the background it keeps no process alive. */
  set(at: Millis, isBackground = false): void {
    if (at >= this.#at) return
    clearTimeout(this.#timer)
    this.#at = at
    this.#timer = setTimeout(
      () => {
        this.#at = Infinity
        this.#ring()
      },
      Math.min(longestTimeout, Math.max(0, Math.ceil(at - monotonic()))),
    )
    if (isBackground) unref(this.#timer)
  }

  cancel(): void {
    if (this.#at === Infinity) return
    clearTimeout(this.#timer)
    this.#at = Infinity
  }
}

// What setTimeout can count to.
const longestTimeout = 2 ** 31 - 1

/** Node's timers are objects that can let the process go; those of browsers are numbers. */
function unref(timer: unknown): void {
  ;(timer as { unref?(): void }).unref?.()
}
