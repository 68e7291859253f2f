import { PackedRows } from './packed-rows.ts'

/** What an entry has of the row before: nothing, since it was new; all but its texts, which stay as they are; or all. */
type Kept = typeof wasNew | typeof numbers | typeof all
const wasNew = 0
const numbers = 1
const all = 2

/**
 * What rows were before they were changed, the oldest change first. Each command writes down a row at most once: a row's
 * own mark says where, and whether that is true the entry says, so marks need not be wiped.
 */
export class UndoLog {
  readonly #rows: PackedRows
  #slots = new Int32Array(256)
  #kept = new Uint8Array(256)
  #length = 0
  #commandStart = 0
  /** The row before the change stands at its entry's number. */
  readonly before: PackedRows = new PackedRows()

  constructor(rows: PackedRows) {
    this.#rows = rows
  }

  get length(): number {
    return this.#length
  }

  slot(entry: number): number {
    return this.#slots[entry]!
  }

  /** There was no row before. */
  wasNew(entry: number): boolean {
    return this.#kept[entry] === wasNew
  }

  /** The entry has the id and the payload too: the row may be gone, or have another payload. */
  hasTexts(entry: number): boolean {
    return this.#kept[entry] === all
  }

  /** From here on, changes are another command's. */
  beginCommand(): void {
    this.#commandStart = this.#length
  }

  /** Called before a row is changed; `withTexts` if its payload will change, or it will be removed. */
  keep(slot: number, withTexts: boolean): void {
    let entry = this.#entryOf(slot)
    if (entry === -1) {
      entry = this.#push(slot, numbers)
      this.before.copy(this.#rows, slot, entry)
    }
    if (withTexts && this.#kept[entry] === numbers) {
      this.#kept[entry] = all
      this.before.copyTexts(this.#rows, slot, entry)
    }
  }

  /** Called after a slot was taken, before its row is written. */
  keepNew(slot: number): void {
    this.#push(slot, wasNew)
  }

  /** Forgets the entries from `from` on, and lets go of the texts and extras they held. */
  truncate(from: number): void {
    for (let entry = from; entry < this.#length; entry++)
      if (this.#kept[entry] !== wasNew) this.before.vacate(entry)
    this.#length = from
  }

  /** The entry in which this command has written the row down, or -1. */
  #entryOf(slot: number): number {
    const entry = this.#rows.mark(slot) - 1
    return entry >= this.#commandStart && entry < this.#length && this.#slots[entry] === slot ? entry : -1
  }

  #push(slot: number, kept: Kept): number {
    const entry = this.#length++
    if (entry === this.#slots.length) this.#grow()
    this.#slots[entry] = slot
    this.#kept[entry] = kept
    this.before.ensure(entry)
    this.#rows.setMark(slot, entry + 1)
    return entry
  }

  #grow(): void {
    const [slots, kept] = [this.#slots, this.#kept]
    this.#slots = new Int32Array(slots.length * 2)
    this.#slots.set(slots)
    this.#kept = new Uint8Array(slots.length * 2)
    this.#kept.set(kept)
  }
}
