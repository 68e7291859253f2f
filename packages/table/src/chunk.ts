import { noExtras, type Extras } from '@millrace/core'
import { ChunkTexts } from './chunk-texts.ts'
import { chunkRows, lateDoubles, rowDoubles } from './row-layout.ts'

/** The second part of `chunkRows` rows. */
export class LatePart {
  readonly doubles: Float64Array
  readonly words: Int32Array

  constructor() {
    const buffer = new ArrayBuffer(chunkRows * lateDoubles * 8)
    this.doubles = new Float64Array(buffer)
    this.words = new Int32Array(buffer)
  }
}

/** Zeroes that all chunks share in which no job was claimed yet. */
const noLatePart = new LatePart()

/** The memory of `chunkRows` rows. */
export class Chunk {
  readonly doubles: Float64Array
  readonly words: Int32Array
  readonly texts: ChunkTexts = new ChunkTexts()
  late: LatePart = noLatePart
  /** Only once a job of the chunk has any. */
  extras: Extras[] | undefined

  constructor() {
    const buffer = new ArrayBuffer(chunkRows * rowDoubles * 8)
    this.doubles = new Float64Array(buffer)
    this.words = new Int32Array(buffer)
  }

  get hasLate(): boolean {
    return this.late !== noLatePart
  }

  ownLate(): LatePart {
    if (this.late === noLatePart) this.late = new LatePart()
    return this.late
  }

  setExtras(index: number, extras: Extras): void {
    if (this.extras === undefined) {
      if (extras === noExtras) return
      this.extras = Array.from({ length: chunkRows }, () => noExtras)
    }
    this.extras[index] = extras
  }
}
