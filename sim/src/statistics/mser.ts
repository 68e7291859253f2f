/** Observations averaged into one point of the rule. */
const batchSize = 5

/**
 * The warm-up by MSER-5 (White 1997): cut where the standard error of what is left is least. Feed it every observation in
 * order; it keeps a fifth of them.
 */
export class WarmupDetector {
  #batches = new Float64Array(1_024)
  #count = 0
  #sum = 0
  #inBatch = 0
  readonly #most: number

  /** It looks at the first `most` observations only: who runs longer than that has long left the warm-up behind. */
  constructor(most = 10_000_000) {
    this.#most = most / batchSize
  }

  add(value: number): void {
    this.#sum += value
    if (++this.#inBatch < batchSize) return
    if (this.#count < this.#most) {
      if (this.#count === this.#batches.length) this.#grow()
      this.#batches[this.#count++] = this.#sum / batchSize
    }
    this.#sum = 0
    this.#inBatch = 0
  }

  /** Observations to leave out, or undefined if the rule finds no end to the warm-up: the run is too short to tell. */
  cut(): number | undefined {
    const batches = mserCut(this.#batches.subarray(0, this.#count))
    return batches === undefined ? undefined : batches * batchSize
  }

  #grow(): void {
    const wider = new Float64Array(this.#batches.length * 2)
    wider.set(this.#batches)
    this.#batches = wider
  }
}

/** The first index to keep, or undefined if the least standard error lies in the second half, where few values make it small by luck. */
export function mserCut(values: Float64Array): number | undefined {
  let sum = 0
  let squares = 0
  let best = Infinity
  let cut = 0
  // Around one of the values, so that squares of large numbers do not cancel away.
  const centre = values[values.length - 1] ?? 0
  for (let index = values.length - 1; index >= 0; index--) {
    const value = values[index]! - centre
    sum += value
    squares += value * value
    const left = values.length - index
    const error = (squares - (sum * sum) / left) / (left * left)
    // The last few alone say nothing of the spread.
    if (left >= 5 && error <= best) {
      best = error
      cut = index
    }
  }
  if (values.length < 10) return undefined
  return cut > values.length / 2 ? undefined : cut
}
