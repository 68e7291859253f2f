import { assert } from '@millrace/core'
import type { PackedRows } from './packed-rows.ts'

const leastCapacity = 1024

/**
 * From job id to slot: a hash table that leaves the ids where they are. A `Map` of a million ids takes twice the memory,
 * and can hold no more than 16.7 million.
 */
export class IdIndex {
  readonly #rows: PackedRows
  /** Slot + 1 at each place of the table; 0 where there is none. */
  #slots = new Int32Array(leastCapacity)
  /** The hash of that slot's id: most comparisons end here, and no id is hashed twice when entries move. */
  #hashes = new Int32Array(leastCapacity)
  #size = 0
  /** A job that is new is asked for before it is put: its hash need not be computed again. */
  #missed = ''
  #missedHash = 0

  constructor(rows: PackedRows) {
    this.#rows = rows
  }

  get size(): number {
    return this.#size
  }

  /** The slot of the job with this id, or -1. */
  find(id: string): number {
    if (id === this.#missed && id !== '') return -1
    const hash = hashOf(id)
    const slots = this.#slots
    const mask = slots.length - 1
    let at = hash & mask
    for (; slots[at] !== 0; at = (at + 1) & mask)
      if (this.#hashes[at] === hash && this.#rows.isId(slots[at]! - 1, id)) return slots[at]! - 1
    this.#missed = id
    this.#missedHash = hash
    return -1
  }

  /** The id must not be there yet. */
  add(id: string, slot: number): void {
    if (this.#size * 3 >= this.#slots.length * 2) this.#resize(this.#slots.length * 2)
    this.#place(id === this.#missed ? this.#missedHash : hashOf(id), slot)
    this.#missed = ''
    this.#size++
  }

  remove(id: string, slot: number): void {
    const mask = this.#slots.length - 1
    let at = hashOf(id) & mask
    for (; this.#slots[at] !== slot + 1; at = (at + 1) & mask)
      assert(this.#slots[at] !== 0, 'a job is not in the index of ids')
    this.#closeGap(at)
    this.#size--
    if (this.#slots.length > leastCapacity && this.#size * 8 < this.#slots.length)
      this.#resize(this.#slots.length / 4)
  }

  /** Moves entries back that would not be found any more once the place is empty: without tombstones, a table at work never decays. */
  #closeGap(empty: number): void {
    const mask = this.#slots.length - 1
    let gap = empty
    for (let at = (gap + 1) & mask; this.#slots[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hashes[at]! & mask
      if (((at - home) & mask) < ((at - gap) & mask)) continue
      this.#slots[gap] = this.#slots[at]!
      this.#hashes[gap] = this.#hashes[at]!
      gap = at
    }
    this.#slots[gap] = 0
  }

  #resize(capacity: number): void {
    const slots = this.#slots
    const hashes = this.#hashes
    this.#slots = new Int32Array(Math.max(leastCapacity, capacity))
    this.#hashes = new Int32Array(this.#slots.length)
    for (let at = 0; at < slots.length; at++) if (slots[at] !== 0) this.#place(hashes[at]!, slots[at]! - 1)
  }

  #place(hash: number, slot: number): void {
    const mask = this.#slots.length - 1
    let at = hash & mask
    while (this.#slots[at] !== 0) at = (at + 1) & mask
    this.#slots[at] = slot + 1
    this.#hashes[at] = hash
  }
}

/** FNV-1a over the UTF-16 units (Fowler, Noll, Vo), then murmur3's finaliser, so that the low bits are well mixed. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
