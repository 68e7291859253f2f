import { queue as asyncQueue, type AsyncWorker } from 'async'
import { timed } from './timed.ts'

export function run(jobs: string, concurrency: string): Promise<{ jobs: number; seconds: number }> {
  const worker = async (payload: number): Promise<number> => payload
  // The library takes promises too; its types only know callbacks.
  const queue = asyncQueue(worker as unknown as AsyncWorker<number>, Number(concurrency))
  return timed(Number(jobs), async (count) => {
    const results: Promise<unknown>[] = []
    for (let index = 0; index < count; index++) results.push(queue.pushAsync(index))
    await Promise.all(results)
  })
}
