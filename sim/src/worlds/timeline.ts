interface Entry {
  readonly at: number
  readonly order: number
  readonly act: () => void
}

/** One line of time that every part of a world lives on, in milliseconds since its beginning. */
export class Timeline {
  readonly #entries = new Set<Entry>()
  #now = 0
  #order = 0
  #steps = 0

  get now(): number {
    return this.#now
  }

  /** Things that have happened. */
  get steps(): number {
    return this.#steps
  }

  /** Answers a function that takes the entry back. */
  at(time: number, act: () => void): () => void {
    const entry = { at: Math.max(time, this.#now), order: this.#order++, act }
    this.#entries.add(entry)
    return () => this.#entries.delete(entry)
  }

  /** Lets everything due by then happen in order, and all that follows from each before the next. */
  async runTo(time: number): Promise<void> {
    await turn()
    for (let next = this.#next(); next !== undefined && next.at <= time; next = this.#next()) {
      this.#entries.delete(next)
      this.#now = next.at
      this.#steps++
      next.act()
      await turn()
    }
    this.#now = time
  }

  #next(): Entry | undefined {
    let first: Entry | undefined
    for (const entry of this.#entries)
      if (first === undefined || entry.at < first.at || (entry.at === first.at && entry.order < first.order))
        first = entry
    return first
  }
}

declare const setImmediate: ((act: () => void) => unknown) | undefined

/** Every microtask runs before it resolves; nothing in a world waits for more than those. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
}
