import type { Database } from './database.ts'
import { isOutOfSpace } from './errors.ts'
import { transact } from './transaction.ts'

const reserveBytes = 256 * 1024
const firstProbeMs = 1_000
const longestProbeMs = 30_000
const giveBackMs = 15_000

/**
 * Space that is kept back: when the browser grants no more it is freed, so that work which frees space can still be
 * recorded, while new work is refused until the space is there again.
 */
export class Reserve {
  #isMissing = false
  #probeAt = 0
  #waitMs = firstProbeMs
  #spentAt = -Infinity

  /** Space ran out: refuse new work from now on. */
  exhaust(): void {
    this.#isMissing = true
    this.#waitMs = firstProbeMs
    this.#probeAt = performance.now() + this.#waitMs
  }

  /** Is there no room for new work? Looks again at most once a second, and ever less often up to every 30 s. */
  async isExhausted(open: () => Promise<Database>): Promise<boolean> {
    if (this.#isMissing && performance.now() >= this.#probeAt) await this.#refill(await open())
    return this.#isMissing
  }

  /** Frees what was kept back. */
  async spend(database: Database): Promise<void> {
    const options = { database, stores: ['meta'], mode: 'readwrite', durability: 'relaxed' } as const
    await transact(options, async (transaction) => {
      const meta = transaction.objectStore('meta')
      if ((await meta.getKey('reserve')) === undefined) return
      await meta.delete('reserve')
      this.#spentAt = performance.now()
    })
  }

  /** Chromium gives the space of what was deleted back after some seconds. */
  get isComingBack(): boolean {
    return performance.now() < this.#spentAt + giveBackMs
  }

  /** Keeps space back in a database that may be new, unless space is short. */
  keep(database: Database): void {
    if (!this.#isMissing) this.#refill(database).catch(() => {})
  }

  async #refill(database: Database): Promise<void> {
    try {
      await transact(
        { database, stores: ['meta'], mode: 'readwrite', durability: 'relaxed' },
        async (transaction) => {
          const meta = transaction.objectStore('meta')
          // Random, since a browser may compress what it stores; so large that Chromium keeps it in a file, whose space comes back.
          if ((await meta.getKey('reserve')) === undefined) await meta.put(randomBytes(), 'reserve')
        },
      )
      this.#isMissing = false
    } catch (error) {
      if (!isOutOfSpace(error)) throw error
      this.#isMissing = true
      this.#probeAt = performance.now() + this.#waitMs
      this.#waitMs = Math.min(this.#waitMs * 2, longestProbeMs)
    }
  }
}

function randomBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(reserveBytes)
  for (let at = 0; at < reserveBytes; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}
