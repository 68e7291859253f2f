import { effect, signal, type Signal } from '@preact/signals'

export const speeds = [0.25, 1, 2, 5, 20] as const

/** The playhead: where in virtual time the reader is, to the microsecond, and whether it moves. */
export class Playback {
  readonly time: Signal<number>
  readonly playing: Signal<boolean> = signal(false)
  readonly speed: Signal<number>
  readonly horizon: Signal<number> = signal(60)
  /** False while the stage is off the screen or the tab is hidden. */
  readonly seen: Signal<boolean> = signal(true)
  #frame = 0
  #last = 0
  readonly #stop: () => void

  constructor(time: number, speed: number) {
    this.time = signal(time)
    this.speed = signal(speed)
    this.#stop = effect(() => {
      if (this.playing.value && this.seen.value) this.#start()
      else cancelAnimationFrame(this.#frame)
    })
  }

  toggle(): void {
    if (!this.playing.value && this.time.value >= this.horizon.value) this.time.value = 0
    this.playing.value = !this.playing.value
  }

  seek(time: number): void {
    this.time.value = Math.min(this.horizon.value, Math.max(0, Math.round(time * 1e6) / 1e6))
  }

  pauseAt(time: number): void {
    this.playing.value = false
    this.seek(time)
  }

  dispose(): void {
    this.#stop()
    cancelAnimationFrame(this.#frame)
  }

  #start(): void {
    cancelAnimationFrame(this.#frame)
    this.#last = performance.now()
    this.#frame = requestAnimationFrame(this.#tick)
  }

  readonly #tick = (now: number): void => {
    // A long gap is a tab that slept, not time that was watched.
    const elapsed = Math.min(100, Math.max(0, now - this.#last)) / 1_000
    this.#last = now
    const time = this.time.value + elapsed * this.speed.value
    if (time >= this.horizon.value) return this.pauseAt(this.horizon.value)
    this.seek(time)
    this.#frame = requestAnimationFrame(this.#tick)
  }
}
