import type { Append } from '@millrace/table'

export interface Turn {
  readonly decide: (append: Append) => void
  readonly useReserve: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Takes turns from the front of the line, as many as make one group, and answers them. */
export interface Committer {
  commit(line: Turn[]): Promise<void>
  /** Did the last group hold more than one change? */
  readonly isCrowded: boolean
}

/** One group after the other; what comes while one is flushed makes the next one (R1: batches without a timer). */
export class TurnQueue {
  readonly #committer: Committer
  readonly #line: Turn[] = []
  readonly #tasks: (() => void)[] = []
  #running = false

  constructor(committer: Committer) {
    this.#committer = committer
  }

  push(decide: (append: Append) => void, useReserve: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#line.push({ decide, useReserve, resolve, reject })
      this.#wake()
    })
  }

  /** Runs a task between two groups, when everything that was decided is flushed. */
  exclusive<T>(task: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#tasks.push(() => {
        try {
          resolve(task())
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
      this.#wake()
    })
  }

  #wake(): void {
    if (this.#running) return
    this.#running = true
    if (this.#committer.isCrowded) setImmediate(() => void this.#run())
    else queueMicrotask(() => void this.#run())
  }

  async #run(): Promise<void> {
    for (;;) {
      if (this.#tasks.length > 0) await this.#runTasks()
      if (this.#line.length === 0) break
      await this.#committer.commit(this.#line)
      // Whoever was just answered comes back within this tick, and they share the next flush.
      if (this.#committer.isCrowded) await nextTick()
    }
    this.#running = false
  }

  async #runTasks(): Promise<void> {
    // Whoever was just refused takes its changes back within this tick, and a snapshot must not see them.
    await nextTick()
    for (const task of this.#tasks.splice(0)) task()
  }
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
