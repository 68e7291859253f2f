import { MillraceError, type Store } from '@millrace/core'
import { tableStore } from '@millrace/table'
import { BlobDatabase } from './blob-database.ts'
import type { BlobPlace } from './blob-place.ts'
import { unusable } from './errors.ts'
import { Hints } from './hints.ts'
import { IndexedDbJournal } from './journal.ts'
import { SharedStore } from './shared-store.ts'

export interface IndexedDbStoreOptions {
  /** Of the database, 1 to 128 characters; 'millrace' if not given. */
  readonly name?: string
  /** `strict` (default) survives a power cut; `relaxed` may lose the newest changes in one, and is faster. */
  readonly durability?: 'strict' | 'relaxed'
}

/** A store that all tabs, workers and the service worker of an origin share. */
export interface IndexedDbStore extends Store {
  /** Bytes too large for a payload. */
  readonly blobs: BlobPlace
  /** Lets go of the databases at once, for a page about to be frozen; the next command opens them again. */
  disconnect(): void
}

/**
 * The same jobs in every tab, in IndexedDB.
 *
 * Rejects with STORE_UNUSABLE (no IndexedDB, or another tab blocks it), STORE_VERSION, STORE_CORRUPT, STORE_FULL or BAD_ARGUMENT
 * within seconds; nothing stored is then changed.
 */
export async function indexedDbStore(options: IndexedDbStoreOptions = {}): Promise<IndexedDbStore> {
  const { name = 'millrace', durability = 'strict' } = options
  check(name, durability)
  const hints = new Hints(name)
  const journal = new IndexedDbJournal({ name, durability, hints })
  try {
    const store = await tableStore(journal)
    return new SharedStore({ store, journal, hints, blobs: new BlobDatabase(name) })
  } catch (error) {
    hints.close()
    journal.disconnect()
    throw error instanceof DOMException
      ? unusable(name, `it cannot be read (${error.message})`, error)
      : error
  }
}

function check(name: string, durability: string): void {
  if (typeof name !== 'string' || name.length < 1 || name.length > 128)
    throw new MillraceError('BAD_ARGUMENT', 'name must have 1 to 128 characters')
  if (durability !== 'strict' && durability !== 'relaxed')
    throw new MillraceError('BAD_ARGUMENT', `durability ${durability} must be 'strict' or 'relaxed'`)
}
