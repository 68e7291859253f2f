import localforage from 'localforage'
import type { JobQueue, SmallJob } from './job-queue.ts'

/** A queue as one writes it with localForage: an entry per job, taken in order, relaxed, with no transaction to claim in. */
export async function open(name: string): Promise<JobQueue> {
  const entries = localforage.createInstance({ name, driver: localforage.INDEXEDDB })
  await entries.ready()
  let keys: string[] = []
  return {
    keepsOrder: false,
    enqueue: async (jobs) => {
      await Promise.all(jobs.map((job) => entries.setItem(job.id, job)))
      keys.push(...jobs.map(({ id }) => id))
    },
    claim: async (limit) => {
      const taken = keys.splice(0, limit)
      return Promise.all(taken.map((key) => entries.getItem<SmallJob>(key)))
    },
    settle: async (claimed) => {
      await Promise.all((claimed as readonly SmallJob[]).map(({ id }) => entries.removeItem(id)))
    },
    close: async () => {
      keys = []
    },
  }
}
