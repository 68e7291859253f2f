import { createHash } from 'node:crypto'
import { ByteWriter, type Image } from '@millrace/table'
import { BodySums } from './body-sums.ts'
import { writeAll, type Directory, type OpenFile } from './directory.ts'
import { nameOf } from './file-names.ts'
import { frameTypes, saltSeed, writeFrame, type FrameType } from './frame.ts'
import { discard, removeLeftover, temporaryName } from './publish.ts'
import { encodeSegmentHeader, segmentHeaderBytes, type SegmentHeader } from './segment-header.ts'
import { checkSnapshot } from './snapshot.ts'

/** About so many bytes of rows a piece: a millisecond or two of work between two commits. */
const pieceBytes = 1 << 17
/** Flushed that often, so that the flush at the end is short and the device is never busy with it for long. */
const flushBytes = 1 << 22

/** A snapshot in the making (R3): under a temporary name until it is flushed and was read back. */
export class SnapshotWriter {
  readonly header: SegmentHeader
  readonly sums: BodySums = new BodySums()
  readonly #directory: Directory
  readonly #seed: number
  readonly #temporary = temporaryName()
  readonly #file: OpenFile
  readonly #hash = createHash('sha256')
  readonly #writer = new ByteWriter(pieceBytes * 2)
  #end = segmentHeaderBytes
  #flushed = 0
  #pieces = 0

  constructor(directory: Directory, header: SegmentHeader) {
    this.#directory = directory
    this.header = header
    this.#seed = saltSeed(header.salt)
    this.#file = directory.create(this.#temporary)
    const bytes = encodeSegmentHeader(header)
    writeAll(this.#file, bytes, 0)
    this.#hash.update(bytes)
  }

  get bytes(): number {
    return this.#end
  }

  /** Writes the next rows; false when there were none. */
  writePiece(image: Image): boolean {
    this.#writer.clear()
    let more = false
    const payload = this.#frame(frameTypes.rows, this.#pieces + 1, (writer) => {
      more = image.next(writer, pieceBytes)
    })
    if (!more) return false
    image.placed({ segment: this.header.generation, offset: this.#end + payload })
    this.#hash.update(this.#writer.written())
    this.#write()
    this.#pieces += 1
    return true
  }

  async flushSometimes(): Promise<void> {
    if (this.#end - this.#flushed < flushBytes) return
    this.#flushed = this.#end
    await this.#file.syncLater()
  }

  /** Ends the file, flushes it and reads it back in pieces; `pause` lets commits through. Throws when it does not verify. */
  async finish(lastSeq: number, pause: () => Promise<void>): Promise<void> {
    const digest = this.#hash.digest()
    this.#writer.clear()
    this.#frame(frameTypes.footer, lastSeq, (writer) => {
      writer.raw(digest)
      writer.f64(this.#pieces)
    })
    this.#write()
    await this.#file.syncLater()
    const check = checkSnapshot(this.#file, this.header.storeId, this.header.generation)
    let step = check.next()
    for (; !step.done; step = check.next()) await pause()
    if (!step.value) throw new Error(`a snapshot read back otherwise than it was written`)
  }

  /** Gives it its name: from here on it counts. Answers the open file. */
  publish(): OpenFile {
    this.#directory.link(this.#temporary, nameOf('snap', this.header.generation))
    removeLeftover(this.#directory, this.#temporary)
    this.#directory.sync()
    return this.#file
  }

  abandon(): void {
    discard(this.#directory, this.#temporary, this.#file)
  }

  #frame(type: FrameType, seq: number, encode: (writer: ByteWriter) => void): number {
    return writeFrame(this.#writer, { type, seq, durableSeq: 0, seed: this.#seed }, encode)
  }

  #write(): void {
    const bytes = this.#writer.written()
    writeAll(this.#file, bytes, this.#end)
    this.sums.noteFrames(bytes, this.#end)
    this.#end += bytes.length
  }
}
