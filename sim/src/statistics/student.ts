import { normalQuantile } from '../kernel/normal-quantile.ts'

/** The probability that |t| stays below `t` with `freedom` degrees (Abramowitz and Stegun 26.7.3 and 26.7.4: exact, finite sums). */
export function studentWithin(t: number, freedom: number): number {
  const cosine2 = freedom / (freedom + t * t)
  const sine = Math.sqrt(1 - cosine2)
  const odd = freedom % 2 === 1
  let term = odd ? Math.sqrt(cosine2) : 1
  let sum = freedom > 1 ? term : 0
  for (let k = odd ? 3 : 2; k < freedom; k += 2) {
    term *= ((k - 1) / k) * cosine2
    sum += term
  }
  return odd ? (2 / Math.PI) * (Math.atan(t / Math.sqrt(freedom)) + sine * sum) : sine * sum
}

/** Student's two-sided quantile: with `confidence`, |t| stays below it. `freedom` is a whole number from 1. */
export function studentQuantile(confidence: number, freedom: number): number {
  if (freedom > 10_000) return normalQuantile((1 + confidence) / 2)
  let low = 0
  let high = 1
  while (studentWithin(high, freedom) < confidence) high *= 2
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (studentWithin(middle, freedom) < confidence) low = middle
    else high = middle
  }
  return (low + high) / 2
}
