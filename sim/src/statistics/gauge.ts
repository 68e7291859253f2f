import { ExactSum } from '../kernel/exact-sum.ts'

/**
 * A number of jobs over time: its integral, and, counted apart, how long each job was part of it. Little's identity holds
 * between the two exactly, since times are whole microseconds.
 */
export class Gauge {
  value = 0
  most = 0
  #since = 0
  readonly #integral = new ExactSum()
  readonly #stays = new ExactSum()

  enter(now: number): void {
    if (this.value > 0) this.#integral.add(this.value * (now - this.#since))
    this.#since = now
    if (++this.value > this.most) this.most = this.value
  }

  /** One that entered at `entered` goes. */
  leave(now: number, entered: number): void {
    this.#integral.add(this.value * (now - this.#since))
    this.#since = now
    this.value--
    this.#stays.add(now - entered)
  }

  /** Job-microseconds up to now. */
  integralAt(now: number): number {
    return this.#integral.valueOf() + this.value * (now - this.#since)
  }

  exactIntegralAt(now: number): bigint {
    return this.#integral.exact() + BigInt(this.value) * BigInt(now - this.#since)
  }

  /** The stays that ended, and those that last, clipped at now. */
  exactStaysAt(now: number, enteredAndStaying: Iterable<number>): bigint {
    let sum = this.#stays.exact()
    for (const entered of enteredAndStaying) sum += BigInt(now - entered)
    return sum
  }
}
