import type { Attempt } from './attempt.ts'

/** The attempts whose handlers run now. An array with holes filled from its end: nothing is allocated as jobs come and go. */
export class Running {
  readonly #attempts: Attempt[] = []

  get size(): number {
    return this.#attempts.length
  }

  add(attempt: Attempt): void {
    attempt.place = this.#attempts.length
    this.#attempts.push(attempt)
  }

  remove(attempt: Attempt): void {
    const { place } = attempt
    if (place < 0) return
    const last = this.#attempts.pop()!
    if (last !== attempt) {
      this.#attempts[place] = last
      last.place = place
    }
    attempt.place = -1
  }

  /** A copy: what is done to one may end another. */
  all(): readonly Attempt[] {
    return [...this.#attempts]
  }
}
