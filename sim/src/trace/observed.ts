import { quantilesOf } from '../statistics/quantile.ts'
import type { Durations } from '../report/measured.ts'
import type { Kind } from './kinds.ts'

/** What a trace says of one class, as a report would. */
export interface Observed {
  readonly wait: Durations
  readonly sojourn: Durations
  readonly ended: number
}

export function observed({ journeys }: Kind): Observed {
  const waits = journeys.flatMap(({ attempts }) => attempts.map((one) => one.startedAt - one.readyAt))
  const sojourns = journeys.flatMap(({ dueAt, endedAt }) => (endedAt === undefined ? [] : [endedAt - dueAt]))
  return { wait: durations(waits), sojourn: durations(sojourns), ended: sojourns.length }
}

/** Milliseconds in, seconds out. */
function durations(millis: readonly number[]): Durations {
  const values = Float64Array.from(millis, (one) => Math.max(0, one) / 1_000)
  const [p50, p95, p99] = quantilesOf(values, [0.5, 0.95, 0.99]) as readonly [number, number, number]
  return { mean: values.reduce((sum, one) => sum + one, 0) / values.length, p50, p95, p99 }
}
