import { queue as asyncQueue } from 'async'
import { timed } from './timed.ts'

export function run(jobs: string, concurrency: string): Promise<{ jobs: number; seconds: number }> {
  const queue = asyncQueue(async (payload: number) => payload, Number(concurrency))
  return timed(Number(jobs), async (count) => {
    const results: Promise<unknown>[] = []
    for (let index = 0; index < count; index++) results.push(queue.pushAsync(index))
    await Promise.all(results)
  })
}
