import { NaiveRows, naiveStore, storeModel, storeSpec } from '@millrace/store-spec'
import { describe, it } from 'vitest'
import { runs } from '../depth.ts'
import { replay, replayLine } from '../replay.ts'

// The answer key itself: if this fails, the exam or the core is wrong, not a store.
const subject = {
  name: 'naiveStore',
  supports: { reopen: true, sharing: true, storedBodies: false },
  place: () => {
    const rows = new NaiveRows()
    return { open: () => naiveStore(rows) }
  },
  test: { describe, it },
}

storeSpec(subject)
storeModel({
  ...subject,
  ...replay,
  timeoutMs: 1_800_000,
  runs: runs(200),
  replay: replayLine('conformance/naive'),
})
