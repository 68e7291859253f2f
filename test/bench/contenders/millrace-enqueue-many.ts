import { createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'
import { timed } from './timed.ts'

/** Batches of 1,000 in one call each, and then all work done. */
export async function run(jobs: string, concurrency: string): Promise<{ jobs: number; seconds: number }> {
  const noop = defineJob<number, number>('noop', {})
  await using runtime = await createRuntime({ store: memoryStore() })
  runtime.handle(noop, async (payload) => payload)
  runtime.work({ concurrency: Number(concurrency) })
  return await timed(Number(jobs), async (count) => {
    for (let from = 0; from < count; from += 1_000)
      await runtime.enqueueMany(
        noop,
        Array.from({ length: Math.min(1_000, count - from) }, (_, index) => from + index),
      )
    await runtime.drain({ timeout: '1m' })
  })
}
