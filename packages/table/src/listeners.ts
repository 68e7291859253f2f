import type { JobEvent, StoreListener } from '@millrace/core'
import type { Table } from './table.ts'
import { rethrowLater } from './web.ts'

/** Who is told of what happens in a store. */
export class Listeners {
  readonly #table: Table
  readonly #all = new Set<StoreListener>()
  #isWaking = false

  constructor(table: Table) {
    this.#table = table
  }

  add(listener: StoreListener): () => void {
    // A set of its own kind of member: the same object may be subscribed twice, and each ends alone.
    const own: StoreListener = {
      ...(listener.wake !== undefined && { wake: listener.wake.bind(listener) }),
      ...(listener.events !== undefined && { events: listener.events.bind(listener) }),
    }
    this.#all.add(own)
    this.#listen()
    return () => {
      this.#all.delete(own)
      this.#listen()
    }
  }

  /** Within the turn. What a listener runs at once may wake others again: that is told in the same loop, not one inside the other. */
  wake(): void {
    if (this.#isWaking) return
    this.#isWaking = true
    for (let wake = this.#table.takeWake(); wake !== undefined; wake = this.#table.takeWake())
      for (const listener of this.#all) guarded(() => listener.wake?.(wake!.queues, wake!.at))
    this.#isWaking = false
  }

  tell(events: readonly JobEvent[]): void {
    if (events.length === 0) return
    for (const listener of this.#all) guarded(() => listener.events?.(events))
  }

  #listen(): void {
    this.#table.listening = [...this.#all].some((listener) => listener.events !== undefined)
  }
}

function guarded(tell: () => void): void {
  try {
    tell()
  } catch (error) {
    rethrowLater(error)
  }
}
