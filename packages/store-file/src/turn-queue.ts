import type { Append } from '@millrace/table'

export interface Turn {
  readonly decide: (append: Append) => void
  readonly useReserve: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Lets turns decide, and makes durable what they decided. */
export interface Committer {
  /** Lets turns from the front of the line decide, as many as fit into one group; true if one of them was refused. */
  decide(line: Turn[]): boolean
  /** Has something decided that is not being flushed yet? */
  readonly isPending: boolean
  /** Flushes what was decided until now, and resolves its turns. A promise only if that is done off the thread. */
  flush(): Promise<void> | void
  /** Did the last flush take along more than one change? */
  readonly isCrowded: boolean
}

/**
 * One flush after the other; what is decided while one is under way goes with the next (R1: batches without a timer).
 */
export class TurnQueue {
  readonly #committer: Committer
  readonly #line: Turn[] = []
  readonly #tasks: (() => void)[] = []
  #isRunning = false
  #isFlushing = false
  /** Whoever was refused takes its changes back within this tick: until then nobody may decide. */
  #isTakingBack = false

  constructor(committer: Committer) {
    this.#committer = committer
  }

  push(decide: (append: Append) => void, useReserve: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#line.push({ decide, useReserve, resolve, reject })
      if (this.#isFlushing) this.#decide()
      else this.#wake()
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
    if (this.#isRunning) return
    this.#isRunning = true
    if (this.#committer.isCrowded) setImmediate(() => void this.#run())
    else queueMicrotask(() => void this.#run())
  }

  async #run(): Promise<void> {
    while (this.#line.length > 0 || this.#tasks.length > 0 || this.#committer.isPending) {
      if (this.#tasks.length > 0 && !this.#committer.isPending) await this.#runTasks()
      this.#decide()
      if (this.#committer.isPending) await this.#flush()
      // Whoever was just answered comes back within this tick, and they share the next flush.
      if (this.#isTakingBack || (this.#committer.isCrowded && !this.#committer.isPending)) await nextTick()
    }
    this.#isRunning = false
  }

  async #flush(): Promise<void> {
    const flushed = this.#committer.flush()
    if (flushed === undefined) return
    this.#isFlushing = true
    await flushed
    this.#isFlushing = false
  }

  #decide(): void {
    if (this.#isTakingBack || this.#tasks.length > 0 || this.#line.length === 0) return
    if (!this.#committer.decide(this.#line)) return
    this.#isTakingBack = true
    setImmediate(() => {
      this.#isTakingBack = false
      if (this.#isFlushing) this.#decide()
    })
  }

  async #runTasks(): Promise<void> {
    // A snapshot must not see what is just being taken back.
    await nextTick()
    for (const task of this.#tasks.splice(0)) task()
  }
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
