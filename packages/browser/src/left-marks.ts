/**
 * Owners that went in good order, while they could not wait for the store: their jobs are given back, not counted as crashes.
 * In localStorage because a page that is put away may finish nothing that is asynchronous. Workers have none: there nothing is marked.
 */
export class LeftMarks {
  readonly #prefix: string
  readonly #storage: Storage | undefined = storageOf()

  constructor(name: string) {
    this.#prefix = `millrace:${name}:left:`
  }

  mark(owner: string): void {
    try {
      this.#storage?.setItem(this.#prefix + owner, '1')
    } catch {
      // Full, or forbidden: then it counts as a crash.
    }
  }

  has(owner: string): boolean {
    return this.#storage?.getItem(this.#prefix + owner) === '1'
  }

  /** Forgets all but those still needed. */
  keepOnly(owners: ReadonlySet<string>): void {
    for (const key of Object.keys(this.#storage ?? {}))
      if (key.startsWith(this.#prefix) && !owners.has(key.slice(this.#prefix.length)))
        this.#storage!.removeItem(key)
  }
}

function storageOf(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}
