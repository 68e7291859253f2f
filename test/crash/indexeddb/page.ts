import { indexedDbStore } from '@millrace/store-indexeddb'
import { sampleJob } from '@millrace/store-spec'

/** Tells the test outside of the browser, where no crash reaches. */
declare const acknowledge: (id: number) => Promise<void>

/** What the test calls in the page. */
const power = {
  /** Enqueues from several callers, one job after the other each, for ever. */
  async write(durability: 'strict' | 'relaxed'): Promise<void> {
    const store = await indexedDbStore({ durability })
    let next = 1
    const produce = async (): Promise<void> => {
      for (;;) {
        const id = next++
        await store.run(
          'enqueue',
          { jobs: [sampleJob(`job-${id}`)], atomic: false },
          { now: Date.now(), seed: id },
        )
        void acknowledge(id)
      }
    }
    for (let caller = 0; caller < 4; caller++) produce().catch(() => {})
  },

  /** The ids of all jobs that are there. */
  async stored(): Promise<readonly string[]> {
    const store = await indexedDbStore()
    const { jobs } = await store.run('listJobs', { limit: 1_000_000 }, { now: Date.now(), seed: 0 })
    await store.close()
    return jobs.map(({ id }) => id)
  },
}

export type PagePower = typeof power

Object.assign(globalThis, { power })
