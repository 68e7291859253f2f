/** A sum of whole numbers that stays exact beyond 2^53: integrals over a long run reach it. */
export class ExactSum {
  #near = 0
  #far = 0n
  #farNumber = 0

  /** `value` is a whole number below 2^52. */
  add(value: number): void {
    this.#near += value
    if (this.#near >= 4_503_599_627_370_496) {
      this.#far += BigInt(this.#near)
      this.#farNumber = Number(this.#far)
      this.#near = 0
    }
  }

  exact(): bigint {
    return this.#far + BigInt(this.#near)
  }

  /** The nearest number: for reports. */
  valueOf(): number {
    return this.#farNumber + this.#near
  }
}
