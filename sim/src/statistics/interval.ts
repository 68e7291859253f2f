import { studentQuantile } from './student.ts'

/** An estimate and how far off it may be. */
export interface Interval {
  readonly mean: number
  /** Half of the width of the 95 % interval; `Infinity` if there are fewer than two values. */
  readonly halfWidth: number
  readonly values: number
}

/** Student's interval for the mean of independent values. */
export function studentInterval(values: readonly number[], confidence = 0.95): Interval {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  if (count < 2) return { mean, halfWidth: Infinity, values: count }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  const halfWidth = studentQuantile(confidence, count - 1) * Math.sqrt(variance / count)
  return { mean, halfWidth, values: count }
}

/** Correlation of each value with the next: near 0 if batches are long enough to be taken as independent. */
export function lagOneCorrelation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let above = 0
  let below = 0
  values.forEach((value, index) => {
    below += (value - mean) ** 2
    if (index > 0) above += (value - mean) * (values[index - 1]! - mean)
  })
  return below === 0 ? 0 : above / below
}
