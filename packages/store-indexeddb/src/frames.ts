import { ByteReader, type Append, type ByteWriter, type Journaled } from '@millrace/table'
import type { FrameRecord } from './database.ts'

/** Puts a frame behind its length. */
export function appendFrame(writer: ByteWriter, encode: Parameters<Append>[0]): void {
  const start = writer.reserve(4)
  encode(writer)
  writer.patchU32(start, writer.position - start - 4)
}

export function applyFrames(table: Journaled, { frames }: FrameRecord): void {
  const reader = new ByteReader(frames)
  while (!reader.atEnd) table.apply(reader.raw(reader.u32()))
}

/** What a record costs to be read back, as bytes: a small one costs about as much as a kilobyte does. */
export function weightOf({ frames }: FrameRecord): number {
  return frames.length + 1024
}
