import type { LineBlock } from './line-block.ts'

/** A place in a line; walks it while the line does not change. */
export class LineCursor {
  readonly #blocks: readonly LineBlock[]
  #at: number
  #index: number
  /** The slot at this place; -1 beyond either end. */
  slot = -1

  constructor(blocks: readonly LineBlock[], at: number, index: number) {
    this.#blocks = blocks
    this.#at = at
    this.#index = index
    this.#settle()
  }

  /** The key at this place, of a line that has keys of its own. */
  get key(): number {
    return this.#blocks[this.#at]!.keys![this.#index]!
  }

  next(): void {
    this.#index++
    this.#settle()
  }

  previous(): void {
    this.#index--
    this.#settle()
  }

  #settle(): void {
    let block = this.#blocks[this.#at]
    if (block !== undefined && this.#index >= block.end) {
      block = this.#blocks[++this.#at]
      this.#index = block?.start ?? 0
    } else if (block !== undefined && this.#index < block.start) {
      block = this.#blocks[--this.#at]
      this.#index = block === undefined ? 0 : block.end - 1
    }
    this.slot = block === undefined || block.size === 0 ? -1 : block.slots[this.#index]!
  }
}
