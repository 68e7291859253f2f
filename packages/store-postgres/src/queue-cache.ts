import type { Queue } from '@millrace/core'
import { isPlain } from './limited.ts'
import type { Loaded } from './loaded.ts'

interface CachedQueue {
  readonly queue: Queue | undefined
  readonly revision: number
}

/**
 * Rows of queues without limits, as last read. Who decides by them needs not read them again: its write checks that they still are
 * so, and fails if not. A paused queue is not among them, since a claim that finds nothing has no write that could fail.
 */
export class QueueCache {
  readonly #queues = new Map<string, CachedQueue>()

  learn({ queues, revisions }: Loaded): void {
    for (const [name, revision] of revisions) {
      const queue = queues.get(name)
      if (isPlain(queue) && queue?.paused !== true) this.#queues.set(name, { queue, revision })
      else this.#queues.delete(name)
    }
  }

  get(name: string): CachedQueue | undefined {
    return this.#queues.get(name)
  }

  forget(names: Iterable<string>): void {
    for (const name of names) this.#queues.delete(name)
  }
}
