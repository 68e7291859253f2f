import { unwrap, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import { failed } from './errors.ts'

export type Durability = 'strict' | 'relaxed'

/** Other tabs may be at work in the database, but not for so long: then the connection is taken for dead. */
const longestSilenceMs = 15_000

interface Options<S extends DBSchema, N extends StoreNames<S>> {
  readonly database: IDBPDatabase<S>
  readonly stores: readonly N[]
  readonly mode: 'readonly' | 'readwrite'
  readonly durability: Durability
}

type Writing<S extends DBSchema, N extends StoreNames<S>> = IDBPTransaction<S, N[], 'readwrite'>

/**
 * Runs `work` in a transaction of its own and resolves when that is complete: a request that succeeded says nothing, for
 * the transaction may still be aborted. Whatever it rejects with, nothing was stored, unless it is STORE_FAILED with
 * `outcome: 'unknown'`. `work` may only wait for the transaction's own requests.
 */
export function transact<S extends DBSchema, N extends StoreNames<S>, T>(
  { database, stores, mode, durability }: Options<S, N>,
  work: (transaction: Writing<S, N>) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction([...stores], mode, { durability }) as Writing<S, N>
  transaction.done.catch(() => {})
  return settled(unwrap(transaction), database.name, begin(transaction, work))
}

/** A throw of its synchronous part must abort the transaction like any other. */
async function begin<W, T>(transaction: W, work: (transaction: W) => Promise<T>): Promise<T> {
  return work(transaction)
}

async function settled<T>(transaction: IDBTransaction, name: string, work: Promise<T>): Promise<T> {
  let cause: unknown
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<void>((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () => reject(cause ?? transaction.error ?? abortError()))
    work.catch((error: unknown) => {
      cause = error
      if (!abort(transaction)) reject(transaction.error ?? error)
    })
    timer = setTimeout(() => {
      const silence = new DOMException(`no answer in ${longestSilenceMs} ms`, 'TimeoutError')
      reject(abort(transaction) ? silence : failed(name, silence, 'unknown'))
    }, longestSilenceMs)
  })
  try {
    await end
    return await work
  } finally {
    clearTimeout(timer)
  }
}

/** True if it certainly stores nothing; false if it is over, or has begun to commit. */
function abort(transaction: IDBTransaction): boolean {
  try {
    transaction.abort()
    return true
  } catch {
    return false
  }
}

function abortError(): DOMException {
  return new DOMException('the transaction was aborted', 'AbortError')
}
