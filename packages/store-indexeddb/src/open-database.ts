import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { isOutOfSpace, full, nameOf, newerVersion, unusable } from './errors.ts'
import { within } from './within.ts'

/** A database that another tab does not let go of, or a browser that does not answer, is not waited for any longer. */
const longestOpenMs = 5_000

export interface Opening<S> {
  readonly name: string
  readonly version: number
  readonly create: (database: IDBPDatabase<S>) => void
  /** The handle is dead, or must be let go of. */
  readonly onLost: () => void
}

/** Rejects with STORE_UNUSABLE, STORE_VERSION or STORE_FULL within five seconds; it never hangs. */
export async function openDatabase<S extends DBSchema>(opening: Opening<S>): Promise<IDBPDatabase<S>> {
  const { name } = opening
  if (typeof indexedDB === 'undefined')
    throw unusable(name, 'there is no IndexedDB here. Use memoryStore(), which forgets all at a reload')
  const request = requestOpen(opening)
  try {
    return await within(request, longestOpenMs)
  } catch (error) {
    // If it comes after all, nobody wants it any more.
    request.then((database) => database.close()).catch(() => {})
    throw openError(name, error)
  }
}

/** What breaks off because the database is deleted that very moment is asked for again. */
async function requestOpen<S extends DBSchema>(opening: Opening<S>, triesLeft = 3): Promise<IDBPDatabase<S>> {
  const { name, version, create, onLost } = opening
  try {
    return await openDB<S>(name, version, {
      upgrade: create,
      terminated: onLost,
      // Whoever wants to delete or change the database must not wait for this tab.
      blocking: (_current, _wanted, event) => {
        ;(event.target as IDBDatabase).close()
        onLost()
      },
    })
  } catch (error) {
    if (nameOf(error) !== 'AbortError' || triesLeft === 1) throw error
    return requestOpen(opening, triesLeft - 1)
  }
}

function openError(name: string, error: unknown): Error {
  if (nameOf(error) === 'VersionError') return newerVersion(name, error)
  if (isOutOfSpace(error)) return full(name, error)
  if (nameOf(error) === 'TimeoutError')
    return unusable(
      name,
      `it does not open; another tab may block it. Close or reload the other tabs of this site`,
      error,
    )
  return unusable(name, `it does not open (${String(error)}). Private windows may refuse it`, error)
}
