import { crc32c } from './crc32c.ts'
import { readAt, type OpenFile } from './directory.ts'
import { eachFrame } from './frame.ts'

const blockBytes = 4096

/**
 * Checksums of one segment's frames, block by block, kept in memory since a frame was checked or made: so that a text
 * which rots on disk later is told from a sound one without reading all of its frame, which may hold a thousand others.
 */
export class BodySums {
  /** Where the payload of each frame begins and ends, and its first block's number. */
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  readonly #firsts: number[] = []
  readonly #sums: number[] = []

  /** Frames that stand at `offset`, one after the other. */
  noteFrames(frames: Uint8Array, offset: number): void {
    for (const { start, end } of eachFrame(frames)) this.note(frames.subarray(start, end), offset + start)
  }

  note(payload: Uint8Array, offset: number): void {
    this.#starts.push(offset)
    this.#ends.push(offset + payload.length)
    this.#firsts.push(this.#sums.length)
    for (let at = 0; at < payload.length; at += blockBytes)
      this.#sums.push(crc32c(payload, at, Math.min(at + blockBytes, payload.length)) | 0)
  }

  /** Nothing if the bytes are not those that were noted. */
  read(file: OpenFile, offset: number, bytes: number): Uint8Array | undefined {
    const frame = this.#frameOf(offset)
    if (frame === -1 || offset + bytes > this.#ends[frame]!) return undefined
    const start = this.#starts[frame]!
    const skipped = Math.floor((offset - start) / blockBytes)
    const from = start + skipped * blockBytes
    const wanted = Math.ceil((offset + bytes - from) / blockBytes) * blockBytes
    const blocks = readAt(file, from, Math.min(wanted, this.#ends[frame]! - from))
    if (offset + bytes > from + blocks.length) return undefined
    for (let at = 0, sum = this.#firsts[frame]! + skipped; at < blocks.length; at += blockBytes, sum++)
      if ((crc32c(blocks, at, Math.min(at + blockBytes, blocks.length)) | 0) !== this.#sums[sum]!)
        return undefined
    return blocks.subarray(offset - from, offset - from + bytes)
  }

  /** The last frame that begins at or before `offset`, or -1. */
  #frameOf(offset: number): number {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#starts[middle]! <= offset) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
