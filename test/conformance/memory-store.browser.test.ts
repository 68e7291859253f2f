import { memoryStore } from '@millrace/store-memory'
import { storeModel, storeSpec } from '@millrace/store-spec'
import { describe, it } from 'vitest'

// The exam needs nothing of Node: here it is sat in Chromium, by the same store.
const subject = {
  name: 'memoryStore',
  supports: { reopen: false, sharing: false, storedBodies: false },
  place: () => ({ open: () => memoryStore() }),
  test: { describe, it },
}

storeSpec(subject)
storeModel({ ...subject, runs: 50, replay: (seed, path) => `seed ${seed}, path ${path}` })
