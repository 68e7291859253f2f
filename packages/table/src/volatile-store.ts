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
import { closedError } from './closed-error.ts'
import { Listeners } from './listeners.ts'
import { Table } from './table.ts'

/** A table without a journal: every run is a turn of its own, over before it answers. */
export class VolatileStore implements Store {
  readonly guarantee: Guarantee = {
    durability: 'none',
    promise: 'Jobs live in this process only. A crash loses all of them.',
  }
  readonly supports: Supports = { reopen: false, sharing: false, storedBodies: false }
  readonly #table = new Table()
  readonly #listeners = new Listeners(this.#table)
  #isClosed = false

  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>> {
    if (this.#isClosed) return Promise.reject(closedError())
    try {
      const reply = this.#table.run(name, request, at)
      this.#table.settle()
      this.#listeners.wake()
      this.#listeners.tell(this.#table.takeEvents())
      return Promise.resolve(reply)
    } catch (error) {
      return Promise.reject(error as Error)
    }
  }

  subscribe(listener: StoreListener): () => void {
    return this.#listeners.add(listener)
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }
}
