/**
 * `writer.ts <directory> <mode>`: enqueues jobs with ascending numbers for ids, several at a time, claims some of them,
 * and prints `number nanoseconds` for each as soon as it is acknowledged. `lying` is a disk whose flushes do nothing; `unflushed` never asks for one.
 */
import { writeSync } from 'node:fs'
import type { Directory, OpenFile } from '../../packages/store-file/src/directory.ts'
import { FileJournal } from '../../packages/store-file/src/journal.ts'
import { NodeDirectory } from '../../packages/store-file/src/node-directory.ts'
import { takeOwnership } from '../../packages/store-file/src/ownership.ts'
import { SocketPresence } from '../../packages/store-file/src/socket-presence.ts'
import { openStoreHeader } from '../../packages/store-file/src/store-header.ts'
import { tableStore } from '@millrace/table'
import { at, newJob } from '../store-file/new-job.ts'

const [path = '', mode = 'flushed'] = process.argv.slice(2)
const mostAtOnce = 16
/** So often a snapshot is taken, so that crashes hit them too. */
const compactEvery = 400

class LyingDirectory extends NodeDirectory implements Directory {
  override sync(): void {}

  override create(name: string): OpenFile {
    const file = super.create(name)
    file.sync = () => {}
    file.syncLater = () => Promise.resolve()
    return file
  }
}

const directory = mode === 'lying' ? new LyingDirectory(path) : new NodeDirectory(path)
const storeId = openStoreHeader(directory)
const presence = new SocketPresence(path)
const ownership = await takeOwnership({ directory, presence, pid: process.pid })
const durability = mode === 'unflushed' ? 'os' : 'disk'
const now = (): number => performance.now()
const journal = new FileJournal({ directory, storeId, ownership, durability, now, allocateBytes: 1 << 16 })
const store = await tableStore(journal)
const { queues } = await store.run('countJobs', {}, at)
let next = 1 + queues.reduce((sum, { enqueued, processing }) => sum + enqueued + processing, 0)
writeSync(1, `from ${next}\n`)
for (let turn = 1; ; turn++) {
  const count = 1 + ((turn * 7919) % mostAtOnce)
  const first = next
  next += count
  const stored = Array.from({ length: count }, (_, index) => enqueue(first + index))
  await Promise.all([...stored, claimTwo(turn)])
  if (turn % compactEvery === 0) void journal.compact().catch(() => {})
}

async function enqueue(key: number): Promise<void> {
  // Every seventh stays in the log, the others are kept in memory too.
  const payload = JSON.stringify('x'.repeat(key % 7 === 0 ? 1500 : (key * 31) % 300))
  await store.run('enqueue', { jobs: [newJob(String(key), payload)], atomic: true }, at)
  writeSync(1, `${key} ${process.hrtime.bigint()}\n`)
}

async function claimTwo(turn: number): Promise<void> {
  const shares = [{ queue: 'default', weight: 1, credit: 0 }]
  await store.run('claim', { owner: `writer-${turn}`, leaseMs: 60_000, limit: 2, queues: shares }, at)
}
