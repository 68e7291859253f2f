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
  readonly #startedAt = performance.now()

  constructor(total: number, gallery: Gallery, dead: number) {
    this.#total = total
    this.#gallery = gallery
    this.dead = dead
    this.#before = { published: gallery.size, dead }
  }

  get publishedNow(): number {
    return this.#gallery.size - this.#before.published
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  get progress(): Progress {
    const { dead, elapsedMs } = this
    const now = this.publishedNow + dead - this.#before.dead
    return { total: this.#total, done: this.#gallery.size + dead, now, dead, elapsedMs }
  }
}
