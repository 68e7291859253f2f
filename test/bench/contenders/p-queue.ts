import PQueue from 'p-queue'
import { timed } from './timed.ts'

export function run(jobs: string, concurrency: string): Promise<{ jobs: number; seconds: number }> {
  const queue = new PQueue({ concurrency: Number(concurrency) })
  return timed(Number(jobs), async (count) => {
    const results: Promise<unknown>[] = []
    for (let index = 0; index < count; index++) results.push(queue.add(async () => index))
    await Promise.all(results)
  })
}
