import { assert } from '@millrace/core'
import { LineBlock, mostEntries } from './line-block.ts'
import { LineCursor } from './line-cursor.ts'
import type { PackedRows } from './packed-rows.ts'

/**
 * Slots in order of a key, ties in order of seq: a list of sorted blocks. What a queue does mostly, joining at the end and
 * leaving at the front, touches one block and moves nothing; the rest is two binary searches and a shift within a block.
 * A heap would find no place faster, and could not be walked in order without being taken apart.
 */
export class Line {
  readonly #rows: PackedRows
  readonly #hasKeys: boolean
  readonly #blocks: LineBlock[] = []
  #size = 0

  /** Without keys of its own, a line is in order of seq alone, and takes a third of the memory. */
  constructor(rows: PackedRows, hasKeys: boolean) {
    this.#rows = rows
    this.#hasKeys = hasKeys
  }

  get size(): number {
    return this.#size
  }

  /** What its memory is proportional to. */
  get blockCount(): number {
    return this.#blocks.length
  }

  /** `Infinity` when the line is empty. */
  get firstKey(): number {
    return this.#size === 0 ? Infinity : this.#keyAt(this.#blocks[0]!, this.#blocks[0]!.start)
  }

  add(key: number, slot: number): void {
    const seq = this.#rows.seq(slot)
    this.#size++
    if (this.#joinsAtEnd(key, seq)) {
      this.#blocks[this.#blocks.length - 1]!.append(key, slot)
      return
    }
    const at = this.#blockOf(key, seq)
    const block = this.#blocks[at] ?? this.#open(0)
    const index = this.#indexIn(block, key, seq)
    if (!block.isFull) block.insert(index, key, slot)
    else if (index === block.end) this.#open(at + 1, mostEntries).insert(0, key, slot)
    else this.#insertIntoHalf(at, block, index, key, slot)
  }

  /** The key and the row's seq must be those it was added with. */
  remove(key: number, slot: number): void {
    this.#size--
    const first = this.#blocks[0]
    if (first !== undefined && first.size > 1 && first.slots[first.start] === slot) {
      first.start++
      return
    }
    const at = this.#blockOf(key, this.#rows.seq(slot))
    const block = this.#blocks[at]
    const index = block === undefined ? 0 : this.#indexIn(block, key, this.#rows.seq(slot))
    assert(
      block !== undefined && index < block.end && block.slots[index] === slot,
      'a job is not in its line',
    )
    block.remove(index)
    this.#mend(at, block)
  }

  /** The slot with exactly this key and seq, or -1. */
  find(key: number, seq: number): number {
    const block = this.#blocks[this.#blockOf(key, seq)]
    if (block === undefined) return -1
    const index = this.#indexIn(block, key, seq)
    if (index === block.end || this.#isAfter(block, index, key, seq)) return -1
    return block.slots[index]!
  }

  /** The first slots, as many as `limit`, whose key is at most `most`. */
  slots(limit: number, most: number = Infinity): number[] {
    const slots: number[] = []
    if (this.firstKey > most) return slots
    for (const block of this.#blocks) {
      for (let index = block.start; index < block.end; index++) {
        if (slots.length >= limit || this.#keyAt(block, index) > most) return slots
        slots.push(block.slots[index]!)
      }
    }
    return slots
  }

  /** At the first entry. The line must not change while a cursor is in use. */
  cursor(): LineCursor {
    return new LineCursor(this.#blocks, 0, this.#blocks[0]?.start ?? 0)
  }

  /** At the last entry. */
  cursorAtEnd(): LineCursor {
    const last = this.#blocks.length - 1
    return new LineCursor(this.#blocks, last, last < 0 ? 0 : this.#blocks[last]!.end - 1)
  }

  /** At the first entry after this key and seq. */
  cursorAfter(key: number, seq: number): LineCursor {
    const at = this.#blockOf(key, seq)
    const block = this.#blocks[at]
    if (block === undefined) return this.cursor()
    const index = this.#indexIn(block, key, seq)
    const isThere = index < block.end && !this.#isAfter(block, index, key, seq)
    return new LineCursor(this.#blocks, at, isThere ? index + 1 : index)
  }

  #open(at: number, capacity?: number): LineBlock {
    const block = new LineBlock(this.#hasKeys, capacity)
    this.#blocks.splice(at, 0, block)
    return block
  }

  /** Most jobs join at the end of a line and leave at its front, so these two ways are short. */
  #joinsAtEnd(key: number, seq: number): boolean {
    const last = this.#blocks[this.#blocks.length - 1]
    return last !== undefined && last.hasRoomAtEnd && this.#isBefore(last, last.end - 1, key, seq)
  }

  #insertIntoHalf(at: number, block: LineBlock, index: number, key: number, slot: number): void {
    const half = block.split()
    this.#blocks.splice(at + 1, 0, half)
    if (index <= block.end) block.insert(index, key, slot)
    else half.insert(index - block.end, key, slot)
  }

  /** Without empty blocks and without neighbours that would fit into half a block, the memory follows the size. */
  #mend(at: number, block: LineBlock): void {
    if (block.size * 4 >= mostEntries || this.#blocks.length === 1) return
    if (block.size === 0) this.#blocks.splice(at, 1)
    else if (!this.#merge(at)) this.#merge(at - 1)
  }

  #merge(at: number): boolean {
    const block = this.#blocks[at]
    const next = this.#blocks[at + 1]
    if (block === undefined || next === undefined || (block.size + next.size) * 2 > mostEntries) return false
    block.absorb(next)
    this.#blocks.splice(at + 1, 1)
    return true
  }

  /** The last block that does not begin after the key and seq; the first, if all do. */
  #blockOf(key: number, seq: number): number {
    const blocks = this.#blocks
    let at = 0
    let after = blocks.length - 1
    // Most jobs join at the end and leave at the front.
    if (after <= 0 || !this.#beginsAfter(blocks[after]!, key, seq)) return Math.max(at, after)
    if (this.#beginsAfter(blocks[1]!, key, seq)) return at
    while (after - at > 1) {
      const middle = (at + after) >> 1
      if (this.#beginsAfter(blocks[middle]!, key, seq)) after = middle
      else at = middle
    }
    return at
  }

  /** The first index whose entry is not before the key and seq. */
  #indexIn(block: LineBlock, key: number, seq: number): number {
    let { start: low, end: high } = block
    if (low === high || this.#isBefore(block, high - 1, key, seq)) return high
    if (!this.#isBefore(block, low, key, seq)) return low
    if (!this.#hasKeys) {
      // Where no job has left, seqs stand as far apart as their entries.
      const guess = low + seq - this.#keyAt(block, low)
      if (guess < high && this.#keyAt(block, guess) === seq) return guess
    }
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#isBefore(block, middle, key, seq)) low = middle + 1
      else high = middle
    }
    return low
  }

  #beginsAfter(block: LineBlock, key: number, seq: number): boolean {
    return this.#isAfter(block, block.start, key, seq)
  }

  #isBefore(block: LineBlock, index: number, key: number, seq: number): boolean {
    const own = this.#keyAt(block, index)
    return own < key || (own === key && this.#rows.seq(block.slots[index]!) < seq)
  }

  #isAfter(block: LineBlock, index: number, key: number, seq: number): boolean {
    const own = this.#keyAt(block, index)
    return own > key || (own === key && this.#rows.seq(block.slots[index]!) > seq)
  }

  #keyAt(block: LineBlock, index: number): number {
    return block.keys === undefined ? this.#rows.seq(block.slots[index]!) : block.keys[index]!
  }
}
