import type { Gallery } from './gallery.ts'
import type { Progress } from './progress.ts'

/** Counts what becomes of the photos. */
export class Tally {
  /** Jobs that failed and were tried again, in this run. */
  retried = 0
  /** Photos in the dead letters, of this run and before. */
  dead: number
  readonly #total: number
  readonly #gallery: Gallery
  readonly #before: { readonly published: number; readonly dead: number }
  readonly #startedAt: number

  constructor(startedAt: number, total: number, gallery: Gallery, dead: number) {
    this.#startedAt = startedAt
    this.#total = total
    this.#gallery = gallery
    this.dead = dead
    this.#before = { published: gallery.size, dead }
  }

  get publishedNow(): number {
    return this.#gallery.size - this.#before.published
  }

  get progress(): Progress {
    const done = this.#gallery.size + this.dead
    const now = done - this.#before.published - this.#before.dead
    const elapsedMs = performance.now() - this.#startedAt
    return { total: this.#total, done, now, dead: this.dead, elapsedMs }
  }
}
