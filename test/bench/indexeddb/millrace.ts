import type { Job, NewJob } from '@millrace/core'
import { indexedDbStore } from '@millrace/store-indexeddb'
import { sampleJob } from '@millrace/store-spec'
import type { JobQueue, SmallJob } from './job-queue.ts'

/** The store alone, strict, as the runtime drives it. */
export async function open(name: string): Promise<JobQueue> {
  const store = await indexedDbStore({ name })
  const at = () => ({ now: Date.now(), seed: 1 })
  const owner = crypto.randomUUID()
  return {
    keepsOrder: true,
    enqueue: async (jobs) =>
      void (await store.run('enqueue', { jobs: jobs.map(newJob), atomic: false }, at())),
    claim: async (limit) => {
      const queues = [{ queue: 'default', weight: 1, credit: 0 }]
      return (await store.run('claim', { owner, leaseMs: 30_000, limit, queues }, at())).jobs
    },
    settle: async (claimed) => {
      const settlements = (claimed as readonly Job[]).map(
        ({ id, epoch }) => ({ id, epoch, outcome: 'complete' }) as const,
      )
      await store.run('settle', { settlements }, at())
    },
    close: () => store.close(),
  }
}

function newJob({ id, payload }: SmallJob): NewJob {
  return sampleJob(id, { payload })
}
