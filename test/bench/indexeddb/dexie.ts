import { Dexie, type EntityTable } from 'dexie'
import type { JobQueue, SmallJob } from './job-queue.ts'

interface Row extends SmallJob {
  readonly state: number
  readonly seq: number
}

/** A queue as one writes it with Dexie, strict where Chromium lets it be. */
export async function open(name: string): Promise<JobQueue> {
  const database = new Dexie(name, { chromeTransactionDurability: 'strict' }) as Dexie & {
    jobs: EntityTable<Row, 'id'>
  }
  database.version(1).stores({ jobs: 'id, [state+seq]' })
  await database.open()
  let seq = 0
  return {
    keepsOrder: true,
    enqueue: async (jobs) =>
      void (await database.jobs.bulkAdd(jobs.map((job) => ({ ...job, state: 0, seq: seq++ })))),
    claim: (limit) =>
      database.transaction('rw', database.jobs, async () => {
        const range = database.jobs.where('[state+seq]').between([0, Dexie.minKey], [0, Dexie.maxKey])
        const rows = await range.limit(limit).toArray()
        await database.jobs.bulkPut(rows.map((row) => ({ ...row, state: 1 })))
        return rows
      }),
    settle: (claimed) => database.jobs.bulkDelete((claimed as readonly Row[]).map(({ id }) => id)),
    close: async () => database.close(),
  }
}
