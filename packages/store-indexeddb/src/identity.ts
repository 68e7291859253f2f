import { format, type Database, type StoreRecord } from './database.ts'
import { newerVersion } from './errors.ts'
import { transact, type Durability } from './transaction.ts'

interface Identity {
  readonly id: string
  /** What the browser gave, whatever was asked for. */
  readonly durability: IDBTransactionDurability | undefined
}

/** Which store this database holds; a new one if it is empty. Rejects with STORE_VERSION when it is of a newer format. */
export function identify(database: Database, durability: Durability): Promise<Identity> {
  return transact({ database, stores: ['meta'], mode: 'readwrite', durability }, async (transaction) => {
    const meta = transaction.objectStore('meta')
    const there = (await meta.get('store')) as StoreRecord | undefined
    if (there !== undefined && there.format > format) throw newerVersion(database.name)
    const { id } = there ?? { id: newId() }
    if (there === undefined) await meta.put({ format, id }, 'store')
    return { id, durability: transaction.durability }
  })
}

/** Insecure pages have no crypto.randomUUID. */
function newId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}
