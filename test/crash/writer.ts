/**
 * `writer.ts <directory> <mode>`: stores ascending numbers, several at a time, and prints `number nanoseconds` for each as
 * soon as it is acknowledged. `lying` is a disk whose flushes do nothing; `unflushed` never asks for one.
 */
import { writeSync } from 'node:fs'
import type { Directory, OpenFile } from '../../packages/store-file/src/directory.ts'
import { NodeDirectory } from '../../packages/store-file/src/node-directory.ts'
import { openJournal } from '../store-file/open-journal.ts'

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

const { journal, keys, set } = await openJournal(path, {
  directory: mode === 'lying' ? new LyingDirectory(path) : new NodeDirectory(path),
  durability: mode === 'unflushed' ? 'os' : 'disk',
  allocateBytes: 1 << 16,
  sealEveryMs: 25,
})
let next = (keys().at(-1) ?? 0) + 1
writeSync(1, `from ${next}\n`)
for (let turn = 1; ; turn++) {
  const count = 1 + ((turn * 7919) % mostAtOnce)
  const first = next
  next += count
  await Promise.all(Array.from({ length: count }, (_, index) => store(first + index)))
  if (turn % compactEvery === 0) void journal.compact().catch(() => {})
}

async function store(key: number): Promise<void> {
  await set(key, `${'x'.repeat((key * 31) % 300)}${key}`)
  writeSync(1, `${key} ${process.hrtime.bigint()}\n`)
}
