import { createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'

/** Fills a queue nobody works on: what the jobs weigh is the process's peak. */
export async function run(jobs: string): Promise<{ jobs: number; seconds: number }> {
  const noop = defineJob<number, number>('noop', {})
  await using runtime = await createRuntime({ store: memoryStore() })
  const start = performance.now()
  for (let from = 0; from < Number(jobs); from += 1_000)
    await runtime.enqueueMany(
      noop,
      Array.from({ length: 1_000 }, (_, index) => from + index),
    )
  return { jobs: Number(jobs), seconds: (performance.now() - start) / 1000 }
}
