// 32 steps per power of two: a quantile is at most 3 % off. Values are thousandths, so that 1 µs of a millisecond is still seen.
const subBits = 5
const sub = 1 << subBits
const largest = 2 ** 31 - 1

/** Counts of values in buckets that widen with the value: quantiles in bounded memory. */
export class Histogram {
  readonly #buckets = new Uint32Array((32 - subBits) * sub)
  #count = 0
  #max = 0

  record(value: number): void {
    const n = Math.min(largest, value * 1_000) | 0
    this.#buckets[bucketOf(n)]!++
    this.#count++
    if (value > this.#max) this.#max = value
  }

  get count(): number {
    return this.#count
  }

  get max(): number {
    return this.#max
  }

  /** The value that the share `q` of all values does not exceed; 0 if there is none. */
  quantile(q: number): number {
    const wanted = Math.ceil(q * this.#count)
    let seen = 0
    for (let index = 0; index < this.#buckets.length && wanted > 0; index++) {
      seen += this.#buckets[index]!
      if (seen >= wanted) return Math.min(this.#max, upperEnd(index) / 1_000)
    }
    return 0
  }
}

function bucketOf(n: number): number {
  if (n < sub) return n
  const power = 31 - Math.clz32(n)
  return (power - subBits + 1) * sub + ((n >>> (power - subBits)) & (sub - 1))
}

function upperEnd(index: number): number {
  if (index < sub) return index
  const power = Math.floor(index / sub) + subBits - 1
  return (sub + (index % sub) + 1) * 2 ** (power - subBits)
}
