import type { Journaled } from '@millrace/table'
import type { OpenFile } from './directory.ts'
import { FrameScanner } from './frame-scanner.ts'
import { frameTypes, saltSeed, type Frame } from './frame.ts'
import { segmentHeaderBytes, type SegmentHeader } from './segment-header.ts'

/** Applies the changes of one log as far as they are whole and in order, and notes which of them are proven to be flushed. */
export class Replay {
  readonly #scanner: FrameScanner
  readonly #header: SegmentHeader
  #position = segmentHeaderBytes
  #seq: number
  #provenEnd = segmentHeaderBytes
  #provenSeq: number
  /** Begin and end of each change after `#provenSeq`. */
  #unproven: number[] = []

  constructor(file: OpenFile, header: SegmentHeader, end: number) {
    this.#header = header
    this.#scanner = new FrameScanner(file, saltSeed(header.salt), segmentHeaderBytes, end)
    this.#seq = header.firstSeq - 1
    this.#provenSeq = this.#seq
  }

  /** Where the last whole frame ends. */
  get position(): number {
    return this.#position
  }

  get seq(): number {
    return this.#seq
  }

  get provenEnd(): number {
    return this.#provenEnd
  }

  get provenSeq(): number {
    return this.#provenSeq
  }

  get tailStart(): number {
    return this.#unproven[0] ?? this.#position
  }

  run(table: Pick<Journaled, 'apply'>): void {
    for (let frame = this.#scanner.next(); frame && this.#take(frame); frame = this.#scanner.next()) {
      if (frame.type !== frameTypes.change) continue
      table.apply(frame.payload, { segment: this.#header.generation, offset: frame.payloadOffset })
    }
  }

  /** Seals bear the number of the change before them, so that they never break the row of changes. */
  #take(frame: Frame): boolean {
    const isChange = frame.type === frameTypes.change
    if (frame.seq !== (isChange ? this.#seq + 1 : this.#seq)) return false
    if (isChange) this.#unproven.push(this.#position, frame.end)
    this.#seq = frame.seq
    this.#position = frame.end
    if (frame.durableSeq > this.#provenSeq) this.#prove(Math.min(frame.durableSeq, frame.seq))
    return true
  }

  #prove(durableSeq: number): void {
    const proven = 2 * (durableSeq - this.#provenSeq)
    this.#provenEnd = this.#unproven[proven - 1]!
    this.#unproven = this.#unproven.slice(proven)
    this.#provenSeq = durableSeq
  }
}
