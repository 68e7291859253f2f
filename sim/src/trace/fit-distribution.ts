import { Stream } from '../kernel/stream.ts'
import { sampler } from '../random/distribution.ts'
import type { Distribution, Seconds } from '../scenario/scenario.ts'

// A two-sample test after Kolmogorov and Smirnov at 5 %: the largest distance that chance explains.
const critical = 1.36
const drawn = 50_000
const mostValues = 10_000
/** A clock in milliseconds makes equal times differ by one. */
const grain: Seconds = 0.001

/** The simplest distribution that the values could well have come from; the values themselves if none could. */
export function fitDistribution(values: readonly Seconds[]): Distribution {
  const sorted = Float64Array.from(values).sort()
  const mean = sorted.reduce((sum, one) => sum + one, 0) / sorted.length
  if (sorted.at(-1)! - sorted[0]! <= grain) return { dist: 'deterministic', value: mean }
  const variance = sorted.reduce((sum, one) => sum + (one - mean) ** 2, 0) / sorted.length
  const bound = critical * Math.sqrt(1 / sorted.length + 1 / drawn)
  const fitting = candidates(mean, variance / mean ** 2, sorted)
    .map((distribution) => ({ distribution, distance: distance(sorted, sampleOf(distribution)) }))
    .filter((one) => one.distance < bound)
  return fitting[0]?.distribution ?? { dist: 'empirical', values: thinned(sorted) }
}

/** Those of this mean and this spread, the simplest first. */
function candidates(mean: Seconds, cv2: number, sorted: Float64Array): readonly Distribution[] {
  const phases = Math.round(1 / cv2)
  return [
    { dist: 'exponential', mean },
    { dist: 'uniform', min: sorted[0]!, max: sorted.at(-1)! },
    { dist: 'lognormal', mean, cv2 },
    ...(phases > 1 && phases <= 1_000 ? [{ dist: 'erlang', k: phases, mean } as const] : []),
    ...(cv2 > 1 ? [{ dist: 'hyperexponential', mean, cv2 } as const] : []),
  ]
}

/** Many draws in order: its quantiles, near enough. */
export function sampleOf(distribution: Distribution): Float64Array {
  if (distribution.dist === 'empirical') return Float64Array.from(distribution.values).sort()
  const stream = new Stream(1, 'fit')
  const draw = sampler(distribution)
  return Float64Array.from({ length: drawn }, (_, entity) => draw(stream, entity, 0)).sort()
}

/** The largest difference between the shares of both that lie below any value. */
export function distance(a: Float64Array, b: Float64Array): number {
  let [inA, inB, most] = [0, 0, 0]
  while (inA < a.length && inB < b.length) {
    const value = Math.min(a[inA]!, b[inB]!)
    while (inA < a.length && a[inA]! <= value) inA++
    while (inB < b.length && b[inB]! <= value) inB++
    most = Math.max(most, Math.abs(inA / a.length - inB / b.length))
  }
  return most
}

/** As many as a scenario should hold, evenly from the smallest to the largest. */
export function thinned(sorted: Float64Array): readonly Seconds[] {
  if (sorted.length <= mostValues) return [...sorted]
  return Array.from(
    { length: mostValues },
    (_, index) => sorted[Math.floor(((index + 0.5) * sorted.length) / mostValues)]!,
  )
}
