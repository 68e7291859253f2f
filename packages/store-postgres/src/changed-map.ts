import type { UndoLog } from './undo-log.ts'

/** What commands put (a value) or removed (undefined), by name. */
export class ChangedMap<V> {
  readonly #values = new Map<string, V | undefined>()
  readonly #undo: UndoLog

  constructor(undo: UndoLog) {
    this.#undo = undo
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  get(name: string): V | undefined {
    return this.#values.get(name)
  }

  set(name: string, value: V | undefined): void {
    const had = this.#values.has(name)
    const before = this.#values.get(name)
    this.#values.set(name, value)
    this.#undo.push(() => void (had ? this.#values.set(name, before) : this.#values.delete(name)))
  }

  entries(): ReadonlyMap<string, V | undefined> {
    return this.#values
  }

  /** These laid over what was loaded. */
  over(loaded: ReadonlyMap<string, V | undefined>): readonly V[] {
    return [...new Map([...loaded, ...this.#values]).values()].filter((value) => value !== undefined)
  }
}
