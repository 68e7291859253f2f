import { parseScenario, runOnce } from '@millrace/sim'

/** M/M/c at nine tenths of its capacity, through the production core. */
export async function run(workers: string, jobs: string): Promise<{ jobs: number; seconds: number }> {
  const scenarioOf = (count: number) =>
    parseScenario({
      v: 1,
      name: 'bench',
      classes: [
        {
          id: 'a',
          arrivals: { kind: 'poisson', rate: 0.9 * Number(workers) },
          service: { dist: 'exponential', mean: 1 },
        },
      ],
      workers: { count: Number(workers) },
      stop: { jobs: count, halfWidth: 'none' },
    })
  runOnce(scenarioOf(50_000))
  const start = performance.now()
  const { totals } = runOnce(scenarioOf(Number(jobs)))
  return { jobs: totals.jobs, seconds: (performance.now() - start) / 1_000 }
}
