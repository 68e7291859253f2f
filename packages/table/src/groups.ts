import { Line } from './line.ts'
import type { PackedRows } from './packed-rows.ts'

const nobody: readonly number[] = []

/** Slots by a text they share, each group in order of seq. Most groups have one member, which then stands for the group. */
export class Groups {
  readonly #rows: PackedRows
  readonly #groups = new Map<string, number | Line>()

  constructor(rows: PackedRows) {
    this.#rows = rows
  }

  /** How many texts have members. */
  get size(): number {
    return this.#groups.size
  }

  add(text: string, slot: number): void {
    const group = this.#groups.get(text)
    if (group === undefined) this.#groups.set(text, slot)
    else if (typeof group === 'number') this.#groups.set(text, this.#lineOf(group, slot))
    else group.add(this.#rows.seq(slot), slot)
  }

  remove(text: string, slot: number): void {
    const group = this.#groups.get(text)
    if (group === undefined || typeof group === 'number') this.#groups.delete(text)
    else {
      group.remove(this.#rows.seq(slot), slot)
      if (group.size === 1) this.#groups.set(text, group.cursor().slot)
    }
  }

  /** The member accepted last, or -1. */
  newest(text: string): number {
    if (this.#groups.size === 0) return -1
    const group = this.#groups.get(text)
    if (group === undefined) return -1
    return typeof group === 'number' ? group : group.cursorAtEnd().slot
  }

  members(text: string): readonly number[] {
    const group = this.#groups.size === 0 ? undefined : this.#groups.get(text)
    if (group === undefined) return nobody
    return typeof group === 'number' ? [group] : group.slots(Infinity)
  }

  #lineOf(first: number, second: number): Line {
    const line = new Line(this.#rows, false)
    line.add(this.#rows.seq(first), first)
    line.add(this.#rows.seq(second), second)
    return line
  }
}
