import { Line } from './line.ts'
import type { PackedRows } from './packed-rows.ts'
import { place } from './row-layout.ts'

/** The unstarted jobs of a queue that sheds, in both orders it may shed them in. */
export class ShedLines {
  readonly #rows: PackedRows
  readonly #bySeq: Line
  /** Highest first, so that the end of the line is the newest of the lowest. */
  readonly #byPriority: Line

  constructor(rows: PackedRows) {
    this.#rows = rows
    this.#bySeq = new Line(rows, false)
    this.#byPriority = new Line(rows, true)
  }

  add(slot: number): void {
    this.#bySeq.add(this.#rows.seq(slot), slot)
    this.#byPriority.add(this.#keyOf(slot), slot)
  }

  remove(slot: number): void {
    this.#bySeq.remove(this.#rows.seq(slot), slot)
    this.#byPriority.remove(this.#keyOf(slot), slot)
  }

  oldest(limit: number): number[] {
    return this.#bySeq.slots(limit)
  }

  lowest(limit: number): number[] {
    const slots: number[] = []
    for (const at = this.#byPriority.cursorAtEnd(); at.slot !== -1 && slots.length < limit; at.previous())
      slots.push(at.slot)
    return slots
  }

  #keyOf(slot: number): number {
    return -(this.#rows.number(slot, place.standing) >> 4)
  }
}
