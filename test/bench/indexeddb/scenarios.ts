import { smallJobs, type JobQueue } from './job-queue.ts'

/** Runs some jobs through a queue and answers how many. What comes before `start` is called is not measured. */
export type Scenario = (queue: JobQueue, count: number, start: () => void) => Promise<number>

export const scenarios: Readonly<Record<string, Scenario>> = {
  single: async (queue, count, start) => {
    start()
    for (const job of smallJobs(count)) await queue.enqueue([job])
    return count
  },

  coalesced: async (queue, count, start) => {
    start()
    await Promise.all(smallJobs(count).map((job) => queue.enqueue([job])))
    return count
  },

  batches: async (queue, count, start) => {
    const jobs = smallJobs(count)
    start()
    for (let at = 0; at < count; at += 100) await queue.enqueue(jobs.slice(at, at + 100))
    return count
  },

  slots1: (queue, count, start) => drain(queue, count, 1, start),
  slots10: (queue, count, start) => drain(queue, count, 10, start),
  slots50: (queue, count, start) => drain(queue, count, 50, start),

  cycle100: async (queue, count, start) => {
    start()
    for (let done = 0; done < count; done += 100) {
      const enqueued = queue.enqueue(smallJobs(100))
      if (!queue.keepsOrder) await enqueued
      const [claimed] = await Promise.all([queue.claim(100), enqueued])
      await queue.settle(claimed)
    }
    return count
  },
}

async function drain(queue: JobQueue, count: number, slots: number, start: () => void): Promise<number> {
  for (let at = 0; at < count; at += 100) await queue.enqueue(smallJobs(Math.min(100, count - at)))
  start()
  return drainAll(queue, slots)
}

/** Settles what was claimed and claims the next, as a worker does, until nothing is left. */
export async function drainAll(queue: JobQueue, slots: number): Promise<number> {
  let done = 0
  for (let jobs = await queue.claim(slots); jobs.length > 0;) {
    done += jobs.length
    const settled = queue.settle(jobs)
    if (!queue.keepsOrder) await settled
    ;[jobs] = await Promise.all([queue.claim(slots), settled])
  }
  return done
}
