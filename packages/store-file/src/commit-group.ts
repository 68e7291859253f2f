import { ByteWriter } from '@millrace/table'
import type { Turn } from './turn-queue.ts'

/** Turns that share a flush, and their frames, which are kept in memory until they are on the device (R9). */
export class CommitGroup {
  readonly frames: ByteWriter = new ByteWriter(1 << 16)
  readonly turns: Turn[] = []
  /** Where in the log it begins. */
  start = 0
  firstSeq = 0
  lastSeq = 0

  get hasChanges(): boolean {
    return this.frames.position > 0
  }

  get isCrowded(): boolean {
    return this.hasChanges && this.lastSeq > this.firstSeq
  }

  get end(): number {
    return this.start + this.frames.position
  }

  begin(start: number, firstSeq: number): void {
    this.start = start
    this.firstSeq = firstSeq
  }

  /** Everybody in it was answered. */
  clear(): void {
    this.frames.clear()
    this.turns.length = 0
  }
}
