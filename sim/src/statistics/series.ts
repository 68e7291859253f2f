import { LogLinearHistogram } from './log-linear.ts'
import { quantilesOf } from './quantile.ts'

/** What is reported of a stretch of a series. */
export interface Summary {
  readonly count: number
  readonly mean: number
  readonly quantiles: readonly number[]
}

const mostBatches = 64

/**
 * Durations in microseconds in the order in which they were seen. Kept raw up to a limit, beyond it in histograms of
 * consecutive stretches, so that memory stays bounded and quantiles of any part of the run can still be told.
 */
export class Series {
  #raw = new Float64Array(256)
  #count = 0
  readonly #rawLimit: number
  #batches: LogLinearHistogram[] | undefined
  #batchSize = 0
  /** Values the histograms leave out, at the start. */
  #skipped = 0
  #largest = 0

  constructor(rawLimit: number) {
    this.#rawLimit = rawLimit
  }

  get count(): number {
    return this.#count
  }

  get largest(): number {
    return this.#largest
  }

  get isRaw(): boolean {
    return this.#batches === undefined
  }

  /** True once the next value will not fit: then `spill` is due. */
  get isFull(): boolean {
    return this.#batches === undefined && this.#count >= this.#rawLimit
  }

  add(micros: number): void {
    if (micros > this.#largest) this.#largest = micros
    if (this.#batches === undefined) this.#keep(micros)
    else this.#addToBatch(micros)
    this.#count++
  }

  /** Moves what was kept raw into histograms, save the first `skip` values, which belong to the warm-up. */
  spill(skip: number): void {
    const raw = this.#raw.subarray(0, this.#count)
    this.#skipped = Math.min(skip, this.#count)
    this.#batchSize = Math.max(1, Math.ceil(raw.length / (mostBatches / 2)))
    this.#batches = []
    for (const micros of raw.subarray(this.#skipped)) this.#addToBatch(micros)
    this.#raw = new Float64Array(0)
  }

  /** Of the values number `from` to `to` (exclusive); to the nearest stretch if they are kept in histograms. */
  summary(from: number, to: number, shares: readonly number[]): Summary {
    if (this.#batches !== undefined) return this.#summaryOfBatches(this.#batches, from, to, shares)
    const values = this.#raw.subarray(from, Math.min(to, this.#count))
    let sum = 0
    for (const value of values) sum += value
    return { count: values.length, mean: sum / values.length, quantiles: quantilesOf(values, shares) }
  }

  #summaryOfBatches(
    batches: readonly LogLinearHistogram[],
    from: number,
    to: number,
    shares: readonly number[],
  ): Summary {
    const whole = new LogLinearHistogram()
    let middle = this.#skipped
    for (const batch of batches) {
      const centre = middle + batch.count / 2
      if (centre >= from && centre < to) whole.merge(batch)
      middle += batch.count
    }
    return {
      count: whole.count,
      mean: whole.sum / whole.count,
      quantiles: shares.map((share) => whole.quantile(share)),
    }
  }

  #keep(micros: number): void {
    if (this.#count === this.#raw.length) {
      const wider = new Float64Array(this.#raw.length * 2)
      wider.set(this.#raw)
      this.#raw = wider
    }
    this.#raw[this.#count] = micros
  }

  #addToBatch(micros: number): void {
    const batches = this.#batches!
    let last = batches.at(-1)
    if (last === undefined || last.count >= this.#batchSize) {
      if (batches.length === mostBatches) this.#mergePairs(batches)
      last = new LogLinearHistogram()
      batches.push(last)
    }
    last.add(micros)
  }

  #mergePairs(batches: LogLinearHistogram[]): void {
    for (let pair = 0; pair < mostBatches / 2; pair++) {
      const first = batches[2 * pair]!
      first.merge(batches[2 * pair + 1]!)
      batches[pair] = first
    }
    batches.length = mostBatches / 2
    this.#batchSize *= 2
  }
}
