import fastq from 'fastq'
import { timed } from './timed.ts'

export function run(jobs: string, concurrency: string): Promise<{ jobs: number; seconds: number }> {
  const queue = fastq.promise(async (payload: number) => payload, Number(concurrency))
  return timed(Number(jobs), async (count) => {
    const results: Promise<number>[] = []
    for (let index = 0; index < count; index++) results.push(queue.push(index))
    await Promise.all(results)
  })
}
