import { Stream } from '../kernel/stream.ts'

/** Draws one after the other, for what is written down as data before it is used. */
export class Draws {
  readonly #stream: Stream
  #count = 0

  constructor(seed: number, name: string) {
    this.#stream = new Stream(seed, name)
  }

  /** A number in (0, 1). */
  share(): number {
    return this.#stream.uniform(0, this.#count++)
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.share() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.share() < probability
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.share() * list.length)]!
  }
}
