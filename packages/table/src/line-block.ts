/** Entries of one block at most. */
export const mostEntries = 512
const firstCapacity = 8

/** A run of a line: slots in order, with the keys they are ordered by. */
export class LineBlock {
  /** Absent where the key is the row's seq. */
  keys: Float64Array | undefined
  slots: Int32Array
  /** The entries are those from `start` to before `end`. */
  start = 0
  end = 0

  constructor(hasKeys: boolean, capacity: number = firstCapacity) {
    this.keys = hasKeys ? new Float64Array(capacity) : undefined
    this.slots = new Int32Array(capacity)
  }

  get size(): number {
    return this.end - this.start
  }

  get isFull(): boolean {
    return this.size === mostEntries
  }

  /** True for a block that is not empty and need not make room first. */
  get hasRoomAtEnd(): boolean {
    return this.end > this.start && this.end < this.slots.length
  }

  append(key: number, slot: number): void {
    if (this.keys !== undefined) this.keys[this.end] = key
    this.slots[this.end++] = slot
  }

  /** The block must not be full. */
  insert(index: number, key: number, slot: number): void {
    let at = index
    if (this.end === this.slots.length) {
      // Room in front means that entries left there, as from a queue; else the block is still growing.
      if (this.start > 0) at = this.#shiftToFront(at)
      else this.#grow()
    }
    if (at < this.end) {
      this.keys?.copyWithin(at + 1, at, this.end)
      this.slots.copyWithin(at + 1, at, this.end)
    }
    if (this.keys !== undefined) this.keys[at] = key
    this.slots[at] = slot
    this.end++
  }

  remove(index: number): void {
    if (index === this.start) this.start++
    else if (index === this.end - 1) this.end--
    else {
      this.keys?.copyWithin(index, index + 1, this.end)
      this.slots.copyWithin(index, index + 1, this.end)
      this.end--
    }
    if (this.start === this.end) this.start = this.end = 0
  }

  /** Takes the second half away as a block of its own. */
  split(): LineBlock {
    const half = new LineBlock(this.keys !== undefined, mostEntries)
    const middle = this.start + (this.size >> 1)
    half.#copy(this, middle)
    this.end = middle
    return half
  }

  /** Takes over the entries of the block behind it; both together must not be more than a block holds. */
  absorb(next: LineBlock): void {
    if (this.start > 0) this.#shiftToFront(0)
    while (this.slots.length < this.end + next.size) this.#grow()
    this.#copy(next, next.start)
  }

  #copy(from: LineBlock, start: number): void {
    this.keys?.set(from.keys!.subarray(start, from.end), this.end)
    this.slots.set(from.slots.subarray(start, from.end), this.end)
    this.end += from.end - start
  }

  #shiftToFront(index: number): number {
    const by = this.start
    this.keys?.copyWithin(0, by, this.end)
    this.slots.copyWithin(0, by, this.end)
    this.start = 0
    this.end -= by
    return index - by
  }

  #grow(): void {
    const { keys, slots } = this
    const capacity = Math.min(mostEntries, slots.length * 4)
    if (keys !== undefined) {
      this.keys = new Float64Array(capacity)
      this.keys.set(keys)
    }
    this.slots = new Int32Array(capacity)
    this.slots.set(slots)
  }
}
