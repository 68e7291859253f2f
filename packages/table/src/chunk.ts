import { noExtras, type Extras } from '@millrace/core'
import { ChunkTexts } from './chunk-texts.ts'
import { chunkRows, doubleAt, lateDoubleAt, lateDoubles, rowDoubles } from './row-layout.ts'

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

/** Zeroes that all chunks share which have no second part of their own. */
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
    if (this.late !== noLatePart) return this.late
    const late = new LatePart()
    for (let index = 0; index < chunkRows; index++) {
      const createdAt = this.doubles[index * rowDoubles + doubleAt.createdAt]!
      late.doubles.fill(createdAt, index * lateDoubles, index * lateDoubles + lateDoubleAt.leaseUntil)
    }
    return (this.late = late)
  }

  rank(index: number): number {
    return this.#lateTime(index, lateDoubleAt.rank)
  }

  runAt(index: number): number {
    return this.#lateTime(index, lateDoubleAt.runAt)
  }

  since(index: number): number {
    return this.#lateTime(index, lateDoubleAt.since)
  }

  setExtras(index: number, extras: Extras): void {
    if (this.extras === undefined) {
      if (extras === noExtras) return
      this.extras = Array.from({ length: chunkRows }, () => noExtras)
    }
    this.extras[index] = extras
  }

  #lateTime(index: number, at: number): number {
    return this.hasLate
      ? this.late.doubles[index * lateDoubles + at]!
      : this.doubles[index * rowDoubles + doubleAt.createdAt]!
  }
}
