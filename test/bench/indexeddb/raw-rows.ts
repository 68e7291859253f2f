import { openDB } from 'idb'
import type { JobQueue, SmallJob } from './job-queue.ts'

interface Row extends SmallJob {
  readonly state: number
  readonly seq: number
}

const ready = 0
const running = 1

/** One row per job through idb, an index to claim by, every transaction strict. */
export async function open(name: string): Promise<JobQueue> {
  const database = await openDB(name, 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore('jobs', { keyPath: 'id' }).createIndex('ready', ['state', 'seq'])
    },
  })
  let seq = 0
  const begin = () => database.transaction('jobs', 'readwrite', { durability: 'strict' })
  return {
    keepsOrder: true,
    enqueue: async (jobs) => {
      const transaction = begin()
      for (const job of jobs) void transaction.store.put({ ...job, state: ready, seq: seq++ })
      await transaction.done
    },
    claim: async (limit) => {
      const transaction = begin()
      const range = IDBKeyRange.bound([ready, 0], [ready, Infinity])
      const rows = (await transaction.store.index('ready').getAll(range, limit)) as readonly Row[]
      for (const row of rows) void transaction.store.put({ ...row, state: running })
      await transaction.done
      return rows
    },
    settle: async (claimed) => {
      const transaction = begin()
      for (const { id } of claimed as readonly Row[]) void transaction.store.delete(id)
      await transaction.done
    },
    close: async () => database.close(),
  }
}
