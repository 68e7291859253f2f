import { memoryStore } from '@millrace/store-memory'
import { storeModel, storeSpec } from '@millrace/store-spec'
import { describe, it } from 'vitest'
import { runs } from '../depth.ts'
import { replay, replayLine } from '../replay.ts'

const subject = {
  name: 'memoryStore',
  supports: { reopen: false, sharing: false, storedBodies: false },
  place: () => ({ open: () => memoryStore() }),
  test: { describe, it },
}

storeSpec(subject)
storeModel({
  ...subject,
  ...replay,
  timeoutMs: 1_800_000,
  runs: runs(1_000),
  replay: replayLine('conformance/memory'),
})
