/**
 * `node -C @millrace/source test/store-file/make-golden.ts <release>`: writes the store that stays here for ever once the release is out:
 * 24 jobs in several states, a long text, a snapshot behind and a log before it.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tableStore } from '@millrace/table'
import { FileJournal } from '../../packages/store-file/src/journal.ts'
import { NodeDirectory } from '../../packages/store-file/src/node-directory.ts'
import { takeOwnership } from '../../packages/store-file/src/ownership.ts'
import { SocketPresence } from '../../packages/store-file/src/socket-presence.ts'
import { openStoreHeader } from '../../packages/store-file/src/store-header.ts'
import { at, newJob } from './new-job.ts'

const path = join(import.meta.dirname, 'golden', process.argv[2] ?? 'next')
rmSync(path, { recursive: true, force: true })
mkdirSync(path, { recursive: true, mode: 0o700 })

const directory = new NodeDirectory(path)
const storeId = openStoreHeader(directory)
const presence = new SocketPresence(path)
const ownership = await takeOwnership({ directory, presence, pid: process.pid })
const now = (): number => performance.now()
const journal = new FileJournal({ directory, storeId, ownership, durability: 'disk', allocateBytes: 0, now })
const store = await tableStore(journal)

const payloadOf = (index: number): string =>
  JSON.stringify(index === 7 ? 'long '.repeat(300) : `job ${index}`)
const enqueue = async (from: number, to: number): Promise<void> => {
  const jobs = Array.from({ length: to - from }, (_, index) =>
    newJob(`golden-${from + index}`, payloadOf(from + index)),
  )
  await store.run('enqueue', { jobs, atomic: true }, at)
}

await enqueue(0, 12)
await journal.compact()
await enqueue(12, 18)
const request = {
  owner: 'worker',
  leaseMs: 30_000,
  limit: 4,
  queues: [{ queue: 'default', weight: 1, credit: 0 }],
}
const { jobs } = await store.run('claim', request, at)
const [done, failed, snoozed] = jobs.map(({ id, epoch }) => ({ id, epoch }))
const error = { name: 'Error', message: 'as it happens' }
await store.run(
  'settle',
  {
    settlements: [
      { ...done!, outcome: 'complete', result: '"fine"' },
      { ...failed!, outcome: 'fail', bucket: 'failure', error },
      { ...snoozed!, outcome: 'snooze', delayMs: 60_000 },
    ],
  },
  at,
)
await journal.compact()
await enqueue(18, 24)
await store.close()
// Nothing but zeros.
rmSync(join(path, 'reserve'), { force: true })
