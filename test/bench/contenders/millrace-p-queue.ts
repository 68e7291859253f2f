import { createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'
import PQueue from 'p-queue'
import { timed } from './timed.ts'

/** As `millrace-enqueue-many`, but p-queue bounds the handlers too: what it would cost inside the worker. */
export async function run(jobs: string, concurrency: string): Promise<{ jobs: number; seconds: number }> {
  const noop = defineJob<number, number>('noop', {})
  const queue = new PQueue({ concurrency: Number(concurrency) })
  await using runtime = await createRuntime({ store: memoryStore() })
  runtime.handle(noop, (payload) => queue.add(async () => payload))
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
