import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileStore, type Durability } from '@millrace/store-file'
import { storeModel, storeSpec, type NewPlace } from '@millrace/store-spec'
import { describe, it } from 'vitest'
import { runs } from '../depth.ts'
import { replay, replayLine } from '../replay.ts'

const place =
  (durability: Durability): NewPlace =>
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-conformance-'))
    return {
      open: () => fileStore({ directory, durability }),
      remove: () => rmSync(directory, { recursive: true, force: true }),
    }
  }

const supports = { reopen: true, sharing: false, storedBodies: true }

// Side by side, since most of the time goes into waiting for the disk.
storeSpec({ name: 'fileStore', supports, place: place('disk'), test: { describe, it: it.concurrent } })

for (const [durability, count] of [
  ['disk', 5],
  ['os', 60],
] as const)
  storeModel({
    name: `fileStore (${durability})`,
    supports,
    place: place(durability),
    test: { describe, it },
    ...replay,
    runs: runs(count),
    timeoutMs: 1_800_000,
    replay: replayLine('conformance/file'),
  })
