import { createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'
import { timed } from './timed.ts'

/** A promise per enqueue, as the peers give, and then all work done. */
export async function run(jobs: string, concurrency: string): Promise<{ jobs: number; seconds: number }> {
  const noop = defineJob<number, number>('noop', {})
  await using runtime = await createRuntime({ store: memoryStore() })
  runtime.handle(noop, async (payload) => payload)
  runtime.work({ concurrency: Number(concurrency) })
  return await timed(Number(jobs), async (count) => {
    const accepted: Promise<unknown>[] = []
    for (let index = 0; index < count; index++) accepted.push(runtime.enqueue(noop, index))
    await Promise.all(accepted)
    await runtime.drain({ timeout: '1m' })
  })
}
