import type { StoreListener } from '@millrace/core'

interface Hint {
  readonly queues: readonly string[]
  readonly at: number
}

/**
 * Tells other tabs that there may be work. Hints only, and the truth is in the store: one that is lost costs time, never a job.
 * News that came from another tab is not told again.
 */
export class Hints {
  readonly #channel: BroadcastChannel | undefined
  readonly #listeners = new Set<StoreListener>()
  #queues = new Set<string>()
  #at = Infinity
  /** The earliest time told of that is not over. */
  #toldAt = Infinity
  #isOwn = false

  constructor(name: string) {
    if (typeof BroadcastChannel === 'undefined') return
    this.#channel = new BroadcastChannel(`millrace:${name}`)
    this.#channel.onmessage = ({ data }: MessageEvent<Hint>) => this.#hear(data)
  }

  subscribe(listener: StoreListener): () => void {
    const own: StoreListener = { ...(listener.wake && { wake: listener.wake.bind(listener) }) }
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** Notes what this tab's turn brings; `send` tells it. */
  readonly wake = (queues: ReadonlySet<string>, at: number): void => {
    if (!this.#isOwn) return
    for (const queue of queues) this.#queues.add(queue)
    this.#at = Math.min(this.#at, at)
  }

  /** From here to the end of the turn, wakes are caused by what this tab does, not by what it caught up with. */
  beginOwn(): void {
    this.#isOwn = true
  }

  /** The turn is durable. */
  send(): void {
    if (this.#queues.size > 0 || this.#isSooner()) {
      this.#channel?.postMessage({ queues: [...this.#queues], at: this.#at } satisfies Hint)
      this.#toldAt = Math.min(this.#toldAt, this.#at)
    }
    this.forget()
  }

  /** Whoever looks at the time told of before finds later times by itself. */
  #isSooner(): boolean {
    if (this.#toldAt <= Date.now()) this.#toldAt = Infinity
    return this.#at < this.#toldAt
  }

  /** The turn came to nothing. */
  forget(): void {
    this.#queues = new Set()
    this.#at = Infinity
    this.#isOwn = false
  }

  close(): void {
    this.#channel?.close()
  }

  #hear({ queues, at }: Hint): void {
    const told = new Set(queues)
    for (const listener of this.#listeners) listener.wake?.(told, at)
  }
}
