import { presets, runOnce } from '@millrace/sim'

/** The preset as it stands: ten million jobs in one virtual minute. */
export async function run(): Promise<{ jobs: number; seconds: number }> {
  const start = performance.now()
  const { totals } = runOnce(presets.get('black-friday')!.scenario)
  return { jobs: totals.jobs, seconds: (performance.now() - start) / 1_000 }
}
