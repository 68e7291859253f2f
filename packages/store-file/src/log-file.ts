import { BodySums } from './body-sums.ts'
import { writeAll, type Directory, type OpenFile } from './directory.ts'
import { nameOf } from './file-names.ts'
import { resalt, saltSeed } from './frame.ts'
import { encodeSegmentHeader, segmentHeaderBytes, type SegmentHeader } from './segment-header.ts'
import { publish } from './publish.ts'

/** A log grows in steps as large as itself, up to so many of the first one: a larger one would be felt in the next flush. */
const mostSteps = 4

/** The log in use: where frames are appended. */
export class LogFile {
  readonly header: SegmentHeader
  readonly seed: number
  readonly file: OpenFile
  readonly sums: BodySums = new BodySums()
  /** Where the next frame goes. */
  end: number = segmentHeaderBytes
  /** What lies before is flushed. */
  durableEnd: number = segmentHeaderBytes
  #leastStep: number
  #allocated: number

  private constructor(header: SegmentHeader, file: OpenFile, allocated: number, leastStep: number) {
    this.header = header
    this.seed = saltSeed(header.salt)
    this.file = file
    this.#leastStep = leastStep
    this.#allocated = allocated
  }

  /**
   * R2: content flushed first, then the name, exclusively, then the directory. So a log that can be seen has a whole
   * header, and a zombie owner cannot take the number of a log of the new owner. `frames` are those the log before has no
   * proof for: they must be in before the name, which ends that log ahead of them (R7, R9).
   */
  static create(
    directory: Directory,
    header: SegmentHeader,
    allocateBytes: number,
    frames: Uint8Array = new Uint8Array(0),
  ): LogFile {
    const used = segmentHeaderBytes + frames.length
    const bytes = new Uint8Array(Math.max(used, allocateBytes))
    bytes.set(encodeSegmentHeader(header))
    bytes.set(frames, segmentHeaderBytes)
    resalt(bytes.subarray(segmentHeaderBytes, used), saltSeed(header.salt))
    const file = publish(directory, nameOf('log', header.generation), (fresh) => writeAll(fresh, bytes, 0))
    const log = new LogFile(header, file, bytes.length, allocateBytes)
    log.sums.noteFrames(bytes.subarray(segmentHeaderBytes, used), segmentHeaderBytes)
    log.end = used
    log.durableEnd = used
    return log
  }

  get generation(): number {
    return this.header.generation
  }

  write(frames: Uint8Array): void {
    writeAll(this.file, frames, this.end)
    this.end += frames.length
  }

  /** Everything before `end` is flushed. */
  markDurable(end: number): void {
    this.durableEnd = end
  }

  /** R10: takes back what a failed write left behind the end, for good: without the flush a power cut might bring them back. */
  cutBack(): void {
    this.file.truncate(this.end)
    this.file.sync()
    this.#allocated = this.end
  }

  /**
   * Fills the file ahead with zeros, because a flush that need not change the file's size costs two thirds of one that
   * must. Failing is fine: frames are then appended as to any file.
   */
  allocateAhead(): void {
    const step = Math.min(mostSteps * this.#leastStep, Math.max(this.#leastStep, this.end))
    if (step === 0 || this.#allocated - this.end > step / 4) return
    const from = Math.max(this.#allocated, this.end)
    try {
      writeAll(this.file, new Uint8Array(step), from)
      this.#allocated = from + step
    } catch {
      this.#giveUpZeros(from)
    }
  }

  /** On a full disk every byte is for frames. */
  #giveUpZeros(from: number): void {
    this.#leastStep = 0
    this.#allocated = from
    try {
      this.file.truncate(from)
    } catch {
      // Then they stay, and frames go over them.
    }
  }

  /** Gives the zeros back: after this nothing is appended. */
  finish(): void {
    if (this.#allocated > this.end) this.file.truncate(this.end)
    this.#allocated = this.end
  }
}
