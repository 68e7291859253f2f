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
  /** By slot, the hash of its id: most comparisons end here, and no id is hashed twice. */
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
    const hashes = this.#hashes
    const mask = slots.length - 1
    for (let at = hash & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const slot = slots[at]! - 1
      if (hashes[slot] === hash && this.#rows.isId(slot, id)) return slot
    }
    this.#missed = id
    this.#missedHash = hash
    return -1
  }

  /** The id must not be there yet. */
  add(id: string, slot: number): void {
    if (this.#size * 3 >= this.#slots.length * 2) this.#resize(this.#slots.length * 2)
    if (slot >= this.#hashes.length) this.#growHashes(slot)
    this.#hashes[slot] = id === this.#missed ? this.#missedHash : hashOf(id)
    this.#place(slot)
    this.#missed = ''
    this.#size++
  }

  remove(slot: number): void {
    const mask = this.#slots.length - 1
    let at = this.#hashes[slot]! & mask
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
      const home = this.#hashes[this.#slots[at]! - 1]! & mask
      if (((at - home) & mask) < ((at - gap) & mask)) continue
      this.#slots[gap] = this.#slots[at]!
      gap = at
    }
    this.#slots[gap] = 0
  }

  #resize(capacity: number): void {
    const slots = this.#slots
    this.#slots = new Int32Array(Math.max(leastCapacity, capacity))
    for (const entry of slots) if (entry !== 0) this.#place(entry - 1)
  }

  #growHashes(slot: number): void {
    const hashes = this.#hashes
    this.#hashes = new Int32Array(Math.max(slot + 1, hashes.length * 2))
    this.#hashes.set(hashes)
  }

  #place(slot: number): void {
    const mask = this.#slots.length - 1
    let at = this.#hashes[slot]! & mask
    while (this.#slots[at] !== 0) at = (at + 1) & mask
    this.#slots[at] = slot + 1
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
