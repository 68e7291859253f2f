import type { OpenFile } from './directory.ts'
import { frameHeaderBytes, maximumPayloadBytes, paddedFrameBytes, readFrame, type Frame } from './frame.ts'

const windowBytes = 1 << 20
const noBytes = new Uint8Array(0)

/** Reads the frames of one file in order, a window of it at a time. A frame's payload is good until the next one is read. */
export class FrameScanner {
  readonly #file: OpenFile
  readonly #seed: number
  readonly #end: number
  #memory = new Uint8Array(0)
  #window: Uint8Array<ArrayBuffer> = this.#memory
  #view = new DataView(this.#window.buffer)
  #base: number
  #position: number

  constructor(file: OpenFile, seed: number, start: number, end: number) {
    this.#file = file
    this.#seed = seed
    this.#end = end
    this.#base = start
    this.#position = start
  }

  /** Where the next frame begins, or where the first one that is not right does. */
  get position(): number {
    return this.#position
  }

  /** Nothing at the end, and at a frame that is cut off or damaged. */
  next(): Frame | undefined {
    const frame = this.#frameAt(this.#position)
    if (frame) this.#position = frame.end
    return frame
  }

  /** The next right frame at or after `from`, wherever it begins; for what lies behind damage. */
  search(from: number): Frame | undefined {
    for (let at = from; at + frameHeaderBytes <= this.#end; at += 8) {
      at = this.#skipZeros(at)
      const frame = this.#frameAt(at)
      if (!frame) continue
      this.#position = frame.end
      return frame
    }
    return undefined
  }

  #frameAt(at: number): Frame | undefined {
    if (at + frameHeaderBytes > this.#end) return undefined
    this.#load(at, frameHeaderBytes)
    if (at + frameHeaderBytes > this.#base + this.#window.length) return undefined
    const length = this.#view.getUint32(at - this.#base, true)
    const total = paddedFrameBytes(length)
    // Checked against what is there before anything of that size is allocated: the length itself may be damaged.
    if (length > maximumPayloadBytes || at + total > this.#end) return undefined
    if (this.#view.getUint8(at - this.#base + 24) === 0) return undefined
    this.#load(at, total)
    return readFrame(this.#window, this.#view, at - this.#base, this.#seed, this.#base)
  }

  /** Makes the window begin at `at` and hold so many bytes, if there are so many. Its memory is used again and again. */
  #load(at: number, bytes: number): void {
    if (at >= this.#base && at + bytes <= this.#base + this.#window.length) return
    const wanted = Math.min(Math.max(bytes, windowBytes), this.#end - at)
    const isAhead = at >= this.#base && at - this.#base < this.#window.length
    const kept = isAhead ? this.#window.subarray(at - this.#base, at - this.#base + wanted) : noBytes
    if (wanted > this.#memory.length) this.#memory = new Uint8Array(wanted)
    this.#memory.set(kept)
    let filled = kept.length
    while (filled < wanted) {
      const count = this.#file.read(this.#memory.subarray(filled, wanted), at + filled)
      if (count === 0) break
      filled += count
    }
    this.#window = this.#memory.subarray(0, filled)
    this.#view = new DataView(this.#memory.buffer, 0, filled)
    this.#base = at
  }

  /** The zero-filled rest of a log is the one place where a search could be long. */
  #skipZeros(from: number): number {
    let at = from
    while (at + frameHeaderBytes <= this.#end) {
      this.#load(at, frameHeaderBytes)
      const last = this.#window.length - 8
      let index = at - this.#base
      if (index > last) return at
      while (index <= last && this.#view.getFloat64(index, true) === 0) index += 8
      at = this.#base + index
      if (index <= last) return at
    }
    return at
  }
}
