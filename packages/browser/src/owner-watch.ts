import { ownerPrefix } from './owner-lock.ts'

/** Waits for the locks of other owners: whoever gets one knows that its owner is gone. */
export class OwnerWatch {
  readonly #locks: LockManager | null
  readonly #name: string
  readonly #onGone: (owner: string) => Promise<void>
  #waits = new Map<string, AbortController>()

  constructor(locks: LockManager | null, name: string, onGone: (owner: string) => Promise<void>) {
    this.#locks = locks
    this.#name = name
    this.#onGone = onGone
  }

  /** False if it is watched already. */
  add(owner: string): boolean {
    if (this.#waits.has(owner)) return false
    const ended = new AbortController()
    this.#waits.set(owner, ended)
    // Shared, so that a watcher which is itself in the freezer keeps no other one from knowing.
    this.#request(owner, { mode: 'shared', signal: ended.signal })
    return true
  }

  /** It holds its lock and its jobs for nothing: take the lock away. Without locks, its leases are all it has. */
  steal(owner: string): void {
    this.#waits.get(owner)?.abort()
    this.#waits.delete(owner)
    if (this.#locks === null) void this.#onGone(owner)
    else this.#request(owner, { steal: true })
  }

  /** Watches nobody any more. */
  clear(): void {
    for (const ended of this.#waits.values()) ended.abort()
    this.#waits.clear()
  }

  #request(owner: string, options: LockOptions): void {
    const granted = this.#locks?.request(ownerPrefix(this.#name) + owner, options, async () => {
      this.#waits.delete(owner)
      await this.#onGone(owner)
    })
    // Aborted by us, or stolen by a third one that found the same.
    granted?.catch(() => {})
  }
}
