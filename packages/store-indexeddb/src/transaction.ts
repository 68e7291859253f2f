import { unwrap, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import { failed, nameOf } from './errors.ts'
import { within } from './within.ts'

export type Durability = 'strict' | 'relaxed'

/** Other tabs may be at work in the database, but not for so long: then the connection is taken for dead. */
const longestSilenceMs = 15_000

interface Options<S extends DBSchema, N extends StoreNames<S>> {
  readonly database: IDBPDatabase<S>
  readonly stores: readonly N[]
  readonly mode: 'readonly' | 'readwrite'
  readonly durability: Durability
}

/**
 * Runs `work` in a transaction of its own and resolves when that is complete: a request that succeeded says nothing, for
 * the transaction may still be aborted. Whatever it rejects with, nothing was stored, unless it is STORE_FAILED with
 * `outcome: 'unknown'`. `work` may only wait for the transaction's own requests.
 */
export async function transact<S extends DBSchema, N extends StoreNames<S>, T>(
  { database, stores, mode, durability }: Options<S, N>,
  work: (transaction: IDBPTransaction<S, N[], 'readwrite'>) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction([...stores], mode, { durability }) as IDBPTransaction<
    S,
    N[],
    'readwrite'
  >
  const raw = unwrap(transaction)
  transaction.done.catch(() => {})
  const end = endOf(raw)
  end.catch(() => {})
  let result: T
  try {
    result = await within(Promise.race([work(transaction), end as Promise<never>]), longestSilenceMs)
  } catch (error) {
    abort(raw)
    // The first cause, not that a later request found the transaction gone.
    throw raw.error ?? error
  }
  try {
    await within(end, longestSilenceMs)
  } catch (error) {
    if (nameOf(error) === 'TimeoutError' && !abort(raw)) throw failed(database.name, error, 'unknown')
    throw error
  }
  return result
}

/** Resolves when all is stored; rejects when nothing is. */
function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () =>
      reject(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError')),
    )
  })
}

/** True if it certainly stores nothing; false if it had already begun to commit. */
function abort(transaction: IDBTransaction): boolean {
  try {
    transaction.abort()
    return true
  } catch {
    return false
  }
}
