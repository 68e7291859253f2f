import { NaiveRows, naiveStore, storeSpec } from '@millrace/store-spec'
import { describe, it } from 'vitest'

// The answer key itself: if this fails, the exam or the core is wrong, not a store.
storeSpec({
  name: 'naiveStore',
  supports: { reopen: true, sharing: true, storedBodies: false },
  place: () => {
    const rows = new NaiveRows()
    return { open: () => naiveStore(rows) }
  },
  test: { describe, it },
})
