import { Queue } from 'workbox-background-sync/Queue.js'
import type { JobQueue } from './job-queue.ts'

// The queue expects a service worker's global; outside of one it needs a registration without Background Sync.
Object.assign(globalThis, { registration: {} })

/** workbox-background-sync's queue: requests, relaxed. Its claim deletes the entry, so there is nothing to settle, and a crash loses it. */
export async function open(name: string): Promise<JobQueue> {
  const queue = new Queue(name, { forceSyncFallback: true, onSync: async () => {} })
  return {
    keepsOrder: false,
    enqueue: async (jobs) => {
      for (const { payload } of jobs)
        await queue.pushRequest({ request: new Request('/upload', { method: 'POST', body: payload }) })
    },
    claim: async (limit) => {
      const taken: unknown[] = []
      while (taken.length < limit) {
        const entry = await queue.shiftRequest()
        if (entry === undefined) break
        taken.push(entry)
      }
      return taken
    },
    settle: async () => {},
    close: async () => {},
  }
}
