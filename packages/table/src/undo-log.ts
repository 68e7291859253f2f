import { PackedRows } from './packed-rows.ts'

/**
 * What rows were before they were changed, the oldest change first. Each command writes down a row at most once: a row's
 * own mark says where, and whether that is true the entry says, so marks need not be wiped.
 */
export class UndoLog {
  readonly #rows: PackedRows
  #slots = new Int32Array(256)
  #length = 0
  /** The row before the change stands at its entry's number; no row there means that it was new. */
  readonly before: PackedRows = new PackedRows()
  #commandStart = 0

  constructor(rows: PackedRows) {
    this.#rows = rows
  }

  get length(): number {
    return this.#length
  }

  slot(entry: number): number {
    return this.#slots[entry]!
  }

  wasNew(entry: number): boolean {
    return this.before.id(entry) === undefined
  }

  /** From here on, changes are another command's. */
  beginCommand(): void {
    this.#commandStart = this.#length
  }

  /** Called before a row is changed. */
  keep(slot: number): void {
    if (this.#isKept(slot)) return
    this.before.copy(this.#rows, slot, this.#push(slot))
  }

  /** Called after a slot was taken, before its row is written. */
  keepNew(slot: number): void {
    this.#push(slot)
  }

  /** Forgets the entries from `from` on, and lets go of the texts they held. */
  truncate(from: number): void {
    for (let entry = from; entry < this.#length; entry++) this.before.vacate(entry)
    this.#length = from
  }

  #isKept(slot: number): boolean {
    const entry = this.#rows.mark(slot) - 1
    return entry >= this.#commandStart && entry < this.#length && this.#slots[entry] === slot
  }

  #push(slot: number): number {
    const entry = this.#length++
    if (entry === this.#slots.length) this.#grow()
    this.#slots[entry] = slot
    this.before.ensure(entry)
    this.#rows.setMark(slot, entry + 1)
    return entry
  }

  #grow(): void {
    const slots = this.#slots
    this.#slots = new Int32Array(slots.length * 2)
    this.#slots.set(slots)
  }
}
