import type { Arrivals, Seconds } from '../scenario/scenario.ts'
import { distance } from './fit-distribution.ts'

const critical = 1.36
// Fewer say nothing of the process behind them.
const leastArrivals = 50
const grain: Seconds = 0.001

/** A process the times could well have come from; the times themselves if none is found. */
export function fitArrivals(times: readonly Seconds[], endsAt: Seconds): Arrivals {
  if (times.length >= leastArrivals) {
    const gaps = times.slice(1).map((time, index) => time - times[index]!)
    const every = (times.at(-1)! - times[0]!) / gaps.length
    const isThroughout = times[0]! <= 2 * every && endsAt - times.at(-1)! <= 2 * every
    if (isThroughout && every > 0 && gaps.every((gap) => Math.abs(gap - every) <= grain))
      return { kind: 'deterministic', every }
    if (isPoisson(times, endsAt)) return { kind: 'poisson', rate: times.length / endsAt }
    const batch = batchOf(times, endsAt)
    if (batch !== undefined) return batch
  }
  return { kind: 'trace', times }
}

/** Given their number, arrivals of a Poisson process are spread evenly over the time, and the gaps are exponential. */
function isPoisson(times: readonly Seconds[], endsAt: Seconds): boolean {
  const count = times.length
  const bound = critical / Math.sqrt(count)
  const even = Float64Array.from(times, (_, index) => ((index + 0.5) / count) * endsAt)
  const gaps = Float64Array.from(times, (time, index) => time - (times[index - 1] ?? 0)).sort()
  const exponential = gaps.map((_, index) => (-endsAt / count) * Math.log(1 - (index + 0.5) / count))
  return distance(Float64Array.from(times), even) < bound && distance(gaps, exponential) < bound
}

/** Jobs that always come so many at a time, and the times like those of a Poisson process. */
function batchOf(times: readonly Seconds[], endsAt: Seconds): Arrivals | undefined {
  const at = times.filter((time, index) => index === 0 || time > times[index - 1]!)
  const size = times.length / at.length
  if (size < 2 || !Number.isInteger(size) || at.length < leastArrivals) return undefined
  const isEven = times.every((time, index) => time === at[Math.floor(index / size)])
  return isEven && isPoisson(at, endsAt) ? { kind: 'batch', rate: at.length / endsAt, size } : undefined
}
