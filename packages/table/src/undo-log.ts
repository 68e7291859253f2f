import type { Job } from '@millrace/core'
import type { PackedRows } from './packed-rows.ts'

/**
 * What jobs were before they were changed, the oldest change first. Each command writes down a job at most once: its row's
 * own mark says where, and whether that is true the entry says, so marks need not be wiped.
 */
export class UndoLog {
  readonly #rows: PackedRows
  readonly #slots: number[] = []
  readonly #before: (Job | undefined)[] = []
  #length = 0
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

  /** `undefined` for a job that was new. */
  before(entry: number): Job | undefined {
    return this.#before[entry]
  }

  /** From here on, changes are another command's. */
  beginCommand(): void {
    this.#commandStart = this.#length
  }

  /** Called before a job is changed or removed, or after a slot was taken for one that is new. */
  keep(slot: number, before: Job | undefined): void {
    if (before !== undefined && this.#has(slot)) return
    const entry = this.#length++
    this.#slots[entry] = slot
    this.#before[entry] = before
    this.#rows.setMark(slot, entry + 1)
  }

  /** Puts another in place of what an entry says the job was. */
  replace(entry: number, before: Job): void {
    this.#before[entry] = before
  }

  /** Forgets the entries from `from` on. */
  truncate(from: number): void {
    this.#before.fill(undefined, from, this.#length)
    this.#length = from
  }

  /** This command has written the job down. */
  #has(slot: number): boolean {
    const entry = this.#rows.mark(slot) - 1
    return entry >= this.#commandStart && entry < this.#length && this.#slots[entry] === slot
  }
}
