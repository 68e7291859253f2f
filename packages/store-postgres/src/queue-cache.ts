import type { Queue } from '@millrace/core'
import { isPlain } from './limited.ts'
import type { Loaded } from './loaded.ts'

interface CachedQueue {
  readonly queue: Queue | undefined
  readonly revision: number
}

/**
 * Rows of queues without limits, as last read. An enqueue that needs nothing else decides by them in one round trip; its write
 * checks that they still are so, and fails if not.
 */
export class QueueCache {
  readonly #queues = new Map<string, CachedQueue>()

  learn({ queues, revisions }: Loaded): void {
    for (const [name, revision] of revisions) {
      const queue = queues.get(name)
      if (isPlain(queue)) this.#queues.set(name, { queue, revision })
      else this.#queues.delete(name)
    }
  }

  get(name: string): CachedQueue | undefined {
    return this.#queues.get(name)
  }

  forget(names: Iterable<string>): void {
    for (const name of names) this.#queues.delete(name)
  }

  clear(): void {
    this.#queues.clear()
  }
}
