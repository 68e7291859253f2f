/** A map whose changes can be taken back, and asked for. */
export class LoggedMap<V> {
  readonly #entries = new Map<string, V>()
  readonly #log: { readonly key: string; readonly before: V | undefined }[] = []

  #version = 0

  /** Another number after each change, undone ones included. */
  get version(): number {
    return this.#version
  }

  /** The number of changes since the last `forget`: a place to go back to. */
  get mark(): number {
    return this.#log.length
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)
  }

  has(key: string): boolean {
    return this.#entries.has(key)
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys()
  }

  values(): IterableIterator<V> {
    return this.#entries.values()
  }

  put(key: string, value: V): void {
    this.#log.push({ key, before: this.#entries.get(key) })
    this.#entries.set(key, value)
    this.#version++
  }

  remove(key: string): void {
    const before = this.#entries.get(key)
    if (before === undefined) return
    this.#log.push({ key, before })
    this.#entries.delete(key)
    this.#version++
  }

  /** Takes back the changes made after the mark. */
  undoTo(mark: number): void {
    while (this.#log.length > mark) {
      const { key, before } = this.#log.pop()!
      if (before === undefined) this.#entries.delete(key)
      else this.#entries.set(key, before)
      this.#version++
    }
  }

  /** Makes the changes so far final. */
  forget(): void {
    this.#log.length = 0
  }

  /** Keys changed after the mark, each once. */
  changedSince(mark: number): Iterable<string> {
    return new Set(this.#log.slice(mark).map(({ key }) => key))
  }
}
