import type { Scenario } from '../scenario/scenario.ts'
import { replication, runOnce, type Outcome } from './outcome.ts'

/** Runs scenarios, each once, in whatever order and wherever it likes; answers in the order given. */
export type RunAll = (
  scenarios: readonly Scenario[],
  onProgress?: (jobs: number) => void,
) => Promise<readonly Outcome[]>

/** Here, one after the other. */
export const runInTurn: RunAll = (scenarios, onProgress) => {
  let before = 0
  const outcomes = scenarios.map((scenario) => {
    const outcome = runOnce(scenario, { onProgress: (jobs) => onProgress?.(before + jobs) })
    before += outcome.totals.jobs
    return outcome
  })
  return Promise.resolve(outcomes)
}

/** The scenarios of so many replications. */
export function replications(scenario: Scenario, count: number): readonly Scenario[] {
  return Array.from({ length: count }, (_, index) => replication(scenario, index, count))
}
