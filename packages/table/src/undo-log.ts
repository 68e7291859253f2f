import { PackedRows } from './packed-rows.ts'
import { place } from './row-layout.ts'

/**
 * What rows were before they were changed, the oldest change first. Each command writes down a row at most once: a row's
 * own mark says where, and whether that is true the entry says, so marks need not be wiped.
 */
export class UndoLog {
  readonly #rows: PackedRows
  readonly #slots: number[] = []
  /** The row before the change stands at its entry's number; no row there means that it was new. */
  readonly before: PackedRows = new PackedRows()
  #commandStart = 0

  constructor(rows: PackedRows) {
    this.#rows = rows
  }

  get length(): number {
    return this.#slots.length
  }

  slot(entry: number): number {
    return this.#slots[entry]!
  }

  wasNew(entry: number): boolean {
    return this.before.id(entry) === undefined
  }

  /** From here on, changes are another command's. */
  beginCommand(): void {
    this.#commandStart = this.#slots.length
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
    for (let entry = from; entry < this.#slots.length; entry++) this.before.vacate(entry)
    this.#slots.length = from
  }

  #isKept(slot: number): boolean {
    const entry = this.#rows.number(slot, place.mark) - 1
    return entry >= this.#commandStart && this.#slots[entry] === slot
  }

  #push(slot: number): number {
    const entry = this.#slots.push(slot) - 1
    this.before.ensure(entry)
    this.#rows.setNumber(slot, place.mark, entry + 1)
    return entry
  }
}
