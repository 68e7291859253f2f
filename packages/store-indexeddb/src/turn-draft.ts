import type { StoredBody } from '@millrace/core'
import { ByteWriter, type Append } from '@millrace/table'
import type { FrameRecord } from './database.ts'
import { appendFrame } from './frames.ts'

/** What one turn wants to store. It is decided once, however often it must be written. */
export class TurnDraft {
  readonly #decide: (append: Append) => void
  readonly #onAppend: () => void
  readonly #writer = new ByteWriter()
  readonly #bodies: string[] = []
  #n: number | undefined
  #record: FrameRecord | undefined

  /** `onAppend` is told before anything of this turn's own is appended. */
  constructor(decide: (append: Append) => void, onAppend: () => void) {
    this.#decide = decide
    this.#onAppend = onAppend
  }

  get isDecided(): boolean {
    return this.#n !== undefined
  }

  get isEmpty(): boolean {
    return this.#writer.position === 0
  }

  get record(): FrameRecord {
    this.#record ??= { n: this.#n!, frames: this.#writer.written().slice() }
    return this.#record
  }

  get bodies(): readonly string[] {
    return this.#bodies
  }

  /** The number of characters in texts apart: most are one byte. */
  get bodyLength(): number {
    return this.#bodies.reduce((sum, { length }) => sum + length, 0)
  }

  decide(n: number): void {
    this.#n = n
    this.#decide((encode) => {
      this.#onAppend()
      appendFrame(this.#writer, encode)
      return undefined
    })
  }

  setApart(text: string, bytes: number): StoredBody {
    return { segment: this.#n!, offset: this.#bodies.push(text) - 1, bytes }
  }
}
