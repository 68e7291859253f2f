import { Stream } from '../kernel/stream.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { RunAll } from './replications.ts'

const pilots = 10

/**
 * The scenario with its warm-up as a time, the longest that runs made for that alone showed. A cut that is chosen by the very
 * data it cuts leaves out what is unusual, and with it the long waits: means and quantiles come out low.
 */
export async function settled(scenario: Scenario, jobs: number, runAll: RunAll): Promise<Scenario> {
  if (scenario.warmup !== 'auto') return scenario
  const seeds = new Stream(scenario.seed, 'pilot')
  const stop = { jobs, horizon: 'none', halfWidth: 'none' } as const
  const runs = Array.from({ length: pilots }, (_, index) => ({ ...scenario, stop, seed: seeds.seed(index) }))
  const outcomes = await runAll(runs)
  return { ...scenario, warmup: Math.max(...outcomes.map(({ warmupSeconds }) => warmupSeconds)) }
}
