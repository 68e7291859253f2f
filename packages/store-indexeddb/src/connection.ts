import type { DBSchema, IDBPDatabase } from 'idb'
import { isOutOfSpace } from './errors.ts'
import { openDatabase, type Opening } from './open-database.ts'

/**
 * One handle of a database, opened when it is needed. Browsers kill handles: when site data is cleared, when a page comes
 * back from the background, when their storage service restarts. A dead one is dropped and never used again.
 */
export class Connection<S extends DBSchema> {
  readonly #opening: Omit<Opening<S>, 'onLost'>
  #handle: Promise<IDBPDatabase<S>> | undefined

  constructor(opening: Omit<Opening<S>, 'onLost'>) {
    this.#opening = opening
  }

  get name(): string {
    return this.#opening.name
  }

  /** The handle there is, or a new one. */
  open(): Promise<IDBPDatabase<S>> {
    if (this.#handle !== undefined) return this.#handle
    const forget = (): void => {
      if (this.#handle === handle) this.#handle = undefined
    }
    const handle = openDatabase<S>({ ...this.#opening, onLost: forget })
    handle.catch(forget)
    this.#handle = handle
    return handle
  }

  /** Runs a task, and if its transaction broke off for no fault of its own, once more with a new handle. */
  async repeated<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task()
    } catch (error) {
      if (!(error instanceof DOMException) || isOutOfSpace(error)) throw error
      this.drop()
      return await task()
    }
  }

  /** Lets go of the handle; what runs on it comes to its end. */
  drop(): void {
    this.#handle?.then((database) => database.close()).catch(() => {})
    this.#handle = undefined
  }
}
