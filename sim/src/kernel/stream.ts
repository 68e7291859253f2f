import { textHash } from './text-hash.ts'
import { threefry, type Words } from './threefry.ts'

/**
 * One purpose's draws: arrivals of a class, its service times, its failures. A draw is a pure function of the seed, the
 * stream's name, the entity it is for and its index there, so one draw more anywhere never shifts another.
 */
export class Stream {
  readonly #key0: number
  readonly #key1: number
  readonly #words: Words = { first: 0, second: 0 }

  constructor(seed: number, name: string) {
    threefry(seed | 0, Math.floor(seed / 2 ** 32) | 0, textHash(name), 0, this.#words)
    this.#key0 = this.#words.first
    this.#key1 = this.#words.second
  }

  /** A number in the open interval (0, 1), with 52 random bits. */
  uniform(entity: number, index: number): number {
    threefry(this.#key0, this.#key1, entity, index, this.#words)
    const high = this.#words.first >>> 0
    const low = this.#words.second >>> 12
    // The half keeps it off 0, and below 2^52 it is exact, so it never rounds up to 1.
    return (high * 1_048_576 + low + 0.5) / 4_503_599_627_370_496
  }

  /** A seed of its own for entity `entity`, below 2^53: for replications. */
  seed(entity: number): number {
    threefry(this.#key0, this.#key1, entity, 0, this.#words)
    return (this.#words.first >>> 0) * 2_097_152 + (this.#words.second >>> 11)
  }
}
