import { ByteWriter, type Append, type Place } from '@millrace/table'
import type { BodySums } from './body-sums.ts'
import { frameTypes, writeFrame } from './frame.ts'
import type { LogFile } from './log-file.ts'
import type { Turn } from './turn-queue.ts'

/** Turns that share a flush, and their frames, which are kept in memory until they are on the device (R9). */
export class CommitGroup {
  readonly frames: ByteWriter = new ByteWriter(1 << 16)
  readonly turns: Turn[] = []
  /** Where in the log it begins. */
  start = 0
  firstSeq = 0
  lastSeq = 0
  /** Payloads of the last turn that have texts which will be read again. */
  readonly #texts: { readonly start: number; readonly end: number }[] = []

  get hasChanges(): boolean {
    return this.frames.position > 0
  }

  get isCrowded(): boolean {
    return this.hasChanges && this.lastSeq > this.firstSeq
  }

  get end(): number {
    return this.start + this.frames.position
  }

  beginTurn(): void {
    this.#texts.length = 0
  }

  /** Adds one change. */
  append(log: LogFile, seq: number, durableSeq: number, encode: Parameters<Append>[0]): Place {
    if (!this.hasChanges) {
      this.start = log.end
      this.firstSeq = seq
    }
    this.lastSeq = seq
    const stamp = { type: frameTypes.change, seq, durableSeq, seed: log.seed }
    const payload = writeFrame(this.frames, stamp, (writer) => {
      const start = writer.position
      if (encode(writer) === true) this.#texts.push({ start, end: writer.position })
    })
    return { segment: log.generation, offset: this.start + payload }
  }

  takeBack(from: number, lastSeq: number): void {
    this.frames.truncate(from)
    this.lastSeq = lastSeq
  }

  /** What the last turn wrote is in the log, and will be read from there. */
  noteTexts(sums: BodySums): void {
    for (const { start, end } of this.#texts)
      sums.note(this.frames.written(start).subarray(0, end - start), this.start + start)
  }

  /** Everybody in it was answered. */
  clear(): void {
    this.frames.clear()
    this.turns.length = 0
  }
}
