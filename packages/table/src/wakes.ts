import type { QueueIndex } from './queue-index.ts'

/** What listeners are to be woken for. */
export interface Wake {
  /** Queues in which something may be claimable now. */
  readonly queues: ReadonlySet<string>
  /** When something becomes due next; `Infinity` if nothing does. */
  readonly at: number
}

/** Collects queues that got something claimable, and whether a time was put, until the shell takes it. */
export class Wakes {
  #queues: QueueIndex[] = []
  #hasTimes = false

  queue(queue: QueueIndex): void {
    if (queue.isWoken) return
    queue.isWoken = true
    this.#queues.push(queue)
  }

  due(): void {
    this.#hasTimes = true
  }

  /** Answers what was collected, and forgets it; `undefined` if there was nothing. */
  take(nextAt: () => number): Wake | undefined {
    if (this.#queues.length === 0 && !this.#hasTimes) return undefined
    const queues = new Set(this.#queues.map(({ name }) => name))
    for (const queue of this.#queues) queue.isWoken = false
    this.#queues = []
    this.#hasTimes = false
    return { queues, at: nextAt() }
  }
}
