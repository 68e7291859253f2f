import type {
  CommandName,
  Guarantee,
  Moment,
  Reply,
  Request,
  Store,
  StoreListener,
  Supports,
} from '@millrace/core'
import type { BlobDatabase } from './blob-database.ts'
import type { BlobPlace } from './blob-place.ts'
import type { Hints } from './hints.ts'
import type { IndexedDbStore } from './indexed-db-store.ts'
import type { IndexedDbJournal } from './journal.ts'

interface Parts {
  readonly store: Store
  readonly journal: IndexedDbJournal
  readonly hints: Hints
  readonly blobs: BlobDatabase
}

/** The table's store, and what tabs tell each other. */
export class SharedStore implements IndexedDbStore {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
    parts.store.subscribe({ wake: parts.hints.wake })
    parts.journal.onLost = (ids) => this.#cancel(ids)
  }

  get guarantee(): Guarantee {
    return this.#parts.journal.guarantee
  }

  get supports(): Supports {
    return this.#parts.store.supports
  }

  get blobs(): BlobPlace {
    return this.#parts.blobs
  }

  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>> {
    return this.#parts.store.run(name, request, at)
  }

  subscribe(listener: StoreListener): () => void {
    const ends = [this.#parts.store.subscribe(listener), this.#parts.hints.subscribe(listener)]
    return () => {
      for (const end of ends) end()
    }
  }

  disconnect(): void {
    this.#parts.journal.disconnect()
    this.#parts.blobs.disconnect()
  }

  #cancel(ids: readonly string[]): void {
    const reason = "its payload was deleted with the site's data"
    // If it cannot be stored, the command that found the data gone fails too, and says so.
    this.run('cancel', { ids, reason }, { now: Date.now(), seed: 0 }).catch(() => {})
  }

  async close(): Promise<void> {
    await this.#parts.store.close()
    this.#parts.blobs.disconnect()
    this.#parts.hints.close()
  }
}
