import { chunkBits, chunkMask, chunkRows } from './row-layout.ts'

interface ChunkUse {
  live: number
  /** Slots from here on were not used since the chunk was last empty. */
  next: number
  /** Slots given back since then. */
  readonly free: number[]
}

/** Hands out slots and takes them back. Fills one chunk before the next, so that rows that come together stand together. */
export class SlotPool {
  readonly #chunks: ChunkUse[] = []
  /** Chunks with room; the last one is filled first. */
  readonly #open: number[] = []
  /** An empty chunk that keeps its memory, so that a table that fills and drains need not allocate each time; -1 if there is none. */
  #spare = -1

  take(): number {
    if (this.#open.length === 0) this.#open.push(this.#chunks.push({ live: 0, next: 0, free: [] }) - 1)
    const chunk = this.#open.at(-1)!
    if (chunk === this.#spare) this.#spare = -1
    const use = this.#chunks[chunk]!
    use.live++
    if (use.live === chunkRows) this.#open.pop()
    return (chunk << chunkBits) + (use.free.pop() ?? use.next++)
  }

  get chunkCount(): number {
    return this.#chunks.length
  }

  /** True while the slot's chunk has no room. */
  isFull(slot: number): boolean {
    return this.#chunks[slot >>> chunkBits]!.live === chunkRows
  }

  /** Answers the chunk whose memory may go, or -1. */
  give(slot: number): number {
    const chunk = slot >>> chunkBits
    const use = this.#chunks[chunk]!
    if (use.live === chunkRows) this.#open.push(chunk)
    use.live--
    use.free.push(slot & chunkMask)
    return use.live === 0 ? this.#empty(chunk, use) : -1
  }

  #empty(chunk: number, use: ChunkUse): number {
    use.free.length = 0
    use.next = 0
    if (this.#spare !== -1) return chunk
    this.#spare = chunk
    return -1
  }
}
