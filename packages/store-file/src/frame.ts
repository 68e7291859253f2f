import type { ByteWriter } from '@millrace/table'
import { crc32c } from './crc32c.ts'
import { readU64 } from './u64.ts'

/*
 * len u32 | crc32c u32 | seq u64 | durableSeq u64 | type u8 | flags u8 | pad u16 | payload, zeros up to a multiple of 8.
 * The checksum covers the segment's salt and all of the frame but itself.
 */
export const frameHeaderBytes: number = 28
export const maximumPayloadBytes: number = 2 ** 30

export const frameTypes = {
  /** One command's whole change. */
  change: 1,
  /** Says how far the log is durable; bears the number of the frame before it (R8). */
  seal: 2,
  /** A seal that is the last frame of a log which was closed in order. */
  close: 3,
  /** Some rows of a snapshot. */
  rows: 4,
  /** The last frame of a snapshot: the hash of all before it. */
  footer: 5,
} as const

export type FrameType = (typeof frameTypes)[keyof typeof frameTypes]

export interface Frame {
  readonly type: number
  readonly seq: number
  /** The highest seq known to be flushed when this frame was written: the proof that tells a torn tail from damage (R5). */
  readonly durableSeq: number
  readonly payload: Uint8Array
  readonly payloadOffset: number
  readonly end: number
}

export interface FrameStamp {
  readonly type: FrameType
  readonly seq: number
  readonly durableSeq: number
  /** Of the segment: see `saltSeed`. */
  readonly seed: number
}

const saltBytes = new Uint8Array(4)

/** Where each checksum of a segment goes on from, so that frames of another generation never pass for its own. */
export function saltSeed(salt: number): number {
  new DataView(saltBytes.buffer).setUint32(0, salt, true)
  return crc32c(saltBytes)
}

export function paddedFrameBytes(payloadBytes: number): number {
  return (frameHeaderBytes + payloadBytes + 7) & ~7
}

/** Writes one frame; `encode` writes its payload in place. Answers where in the writer the payload begins. */
export function writeFrame(
  writer: ByteWriter,
  stamp: FrameStamp,
  encode: (writer: ByteWriter) => void,
): number {
  const start = writer.reserve(frameHeaderBytes)
  encode(writer)
  const length = writer.position - start - frameHeaderBytes
  for (let end = start + paddedFrameBytes(length); writer.position < end;) writer.u8(0)
  writer.patchU32(start, length)
  patchU64(writer, start + 8, stamp.seq)
  patchU64(writer, start + 16, stamp.durableSeq)
  writer.patchU32(start + 24, stamp.type)
  writer.patchU32(start + 4, checksum(writer.written(start), 0, writer.position - start, stamp.seed))
  return start + frameHeaderBytes
}

/** The frame at `at`, if it is whole and right. `base` is where in its file `bytes` begins. */
export function readFrame(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  seed: number,
  base: number,
): Frame | undefined {
  if (at + frameHeaderBytes > bytes.length) return undefined
  const length = view.getUint32(at, true)
  const end = at + paddedFrameBytes(length)
  if (length > maximumPayloadBytes || end > bytes.length) return undefined
  if (view.getUint32(at + 4, true) !== checksum(bytes, at, end, seed)) return undefined
  return {
    type: view.getUint8(at + 24),
    seq: readU64(view, at + 8),
    durableSeq: readU64(view, at + 16),
    payload: bytes.subarray(at + frameHeaderBytes, at + frameHeaderBytes + length),
    payloadOffset: base + at + frameHeaderBytes,
    end: base + end,
  }
}

/** Where the payloads of whole frames begin and end that stand one after the other. */
export function* eachFrame(frames: Uint8Array): Generator<{ readonly start: number; readonly end: number }> {
  const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength)
  for (let at = 0; at < frames.length;) {
    const length = view.getUint32(at, true)
    const start = at + frameHeaderBytes
    yield { start, end: start + length }
    at += paddedFrameBytes(length)
  }
}

/** Gives frames another segment's salt: R7 and R9 copy them into a new generation as they are. */
export function resalt(frames: Uint8Array, seed: number): void {
  const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength)
  for (const { start, end } of eachFrame(frames)) {
    const at = start - frameHeaderBytes
    view.setUint32(at + 4, checksum(frames, at, at + paddedFrameBytes(end - start), seed), true)
  }
}

function checksum(bytes: Uint8Array, start: number, end: number, seed: number): number {
  return crc32c(bytes, start + 8, end, crc32c(bytes, start, start + 4, seed))
}

function patchU64(writer: ByteWriter, at: number, value: number): void {
  writer.patchU32(at, value % 2 ** 32)
  writer.patchU32(at + 4, Math.floor(value / 2 ** 32))
}
