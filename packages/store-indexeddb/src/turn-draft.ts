import type { StoredBody } from '@millrace/core'
import type { Append, ByteWriter } from '@millrace/table'
import { appendFrame, beginRecord, hasFrames, mostRecordBytes } from './frames.ts'

interface Options {
  /** Its memory is used again. */
  readonly writer: ByteWriter
  readonly decide: (append: Append) => void
  /** Told before anything of this turn's own is appended. */
  readonly onAppend: () => void
}

/** What one turn wants to store. It is decided once, however often it must be written. */
export class TurnDraft {
  readonly #options: Options
  readonly #records: Uint8Array<ArrayBuffer>[] = []
  readonly #bodies: string[] = []
  /** The number of its first record. */
  n = 0
  isDecided = false

  constructor(options: Options) {
    this.#options = options
  }

  get records(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#records
  }

  get bodies(): readonly string[] {
    return this.#bodies
  }

  /** The number of characters in texts apart: most are one byte. */
  get bodyLength(): number {
    return this.#bodies.reduce((sum, { length }) => sum + length, 0)
  }

  decide(n: number): void {
    const { decide, onAppend, writer } = this.#options
    this.isDecided = true
    this.n = n
    beginRecord(writer, n)
    decide((encode) => {
      onAppend()
      appendFrame(writer, encode)
      if (writer.position >= mostRecordBytes) this.#cut()
      return undefined
    })
    if (hasFrames(writer)) this.#cut()
  }

  setApart(text: string, bytes: number): StoredBody {
    return { segment: this.n, offset: this.#bodies.push(text) - 1, bytes }
  }

  #cut(): void {
    const { writer } = this.#options
    const count = this.#records.push(writer.written().slice())
    beginRecord(writer, this.n + count)
  }
}
