/** Bins per doubling: a bin is at most 0.8 % wide. */
const binsPerOctave = 128
const lowestExact = 2 * binsPerOctave
const binCount = 47 * binsPerOctave + lowestExact

/** The bin of a whole number of microseconds; each has its own below 256, and 2^53 still has one. */
export function binOf(micros: number): number {
  let value = micros
  let octaves = 0
  for (; value >= 4_294_967_296; octaves += 16) value = Math.floor(value / 65_536)
  const shift = Math.max(0, 24 - Math.clz32(value))
  return (octaves + shift) * binsPerOctave + (value >>> shift)
}

/** The least number that falls into the bin. */
export function binStart(bin: number): number {
  if (bin < lowestExact) return bin
  const octave = Math.floor(bin / binsPerOctave) - 1
  return (bin - octave * binsPerOctave) * 2 ** octave
}

/** How often values of each size occurred, at a fixed size in memory: log-linear bins (after HdrHistogram). */
export class LogLinearHistogram {
  readonly #bins = new Float64Array(binCount)
  #count = 0
  #sum = 0

  get count(): number {
    return this.#count
  }

  get sum(): number {
    return this.#sum
  }

  add(micros: number): void {
    const bin = binOf(micros)
    this.#bins[bin] = this.#bins[bin]! + 1
    this.#count++
    this.#sum += micros
  }

  merge(other: LogLinearHistogram): void {
    for (let bin = 0; bin < binCount; bin++) this.#bins[bin] = this.#bins[bin]! + other.#bins[bin]!
    this.#count += other.#count
    this.#sum += other.#sum
  }

  /** On a straight line within the bin. */
  quantile(p: number): number {
    if (this.#count === 0) return NaN
    const rank = Math.max(1, Math.ceil(p * this.#count))
    let below = 0
    for (let bin = 0; bin < binCount; bin++) {
      const here = this.#bins[bin]!
      if (below + here >= rank) {
        const start = binStart(bin)
        const width = binStart(bin + 1) - start
        return width === 1 ? start : start + (width * (rank - below - 0.5)) / here
      }
      below += here
    }
    return NaN
  }
}
