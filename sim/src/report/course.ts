import { Simulation } from '../capacity/simulation.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { measure, type Measured } from './measured.ts'

const mostStretches = 150

/** One stretch of a run, and what it comes to. */
export interface Stretch {
  /** Seconds since the beginning. */
  readonly from: number
  readonly to: number
  readonly measured: Measured
}

/** The course of one run from its beginning, in stretches of about as many events each. */
export function courseOf(scenario: Scenario): readonly Stretch[] {
  const simulation = new Simulation({ ...scenario, warmup: 'auto' })
  simulation.run()
  const { ledger } = simulation
  const { snapshots } = ledger
  const rows = snapshots.last
  const count = Math.min(mostStretches, rows)
  return Array.from({ length: count }, (_, index) => {
    const first = Math.floor((index * rows) / count)
    const last = Math.floor(((index + 1) * rows) / count)
    return {
      from: snapshots.timeOf(first) / 1e6,
      to: snapshots.timeOf(last) / 1e6,
      measured: measure(ledger, first, last),
    }
  }).filter(({ from, to }) => to > from)
}
