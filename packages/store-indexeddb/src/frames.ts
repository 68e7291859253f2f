import { ByteReader, type Append, type ByteWriter, type Journaled } from '@millrace/table'

/*
 * A record of the log: its number as f64, then frames, each behind its length as u32. The number is its key too, but a list
 * of values comes without keys, and a key inside of an object costs a second copy of it.
 */

/** Chromium keeps a value of 64 KiB and more in a file of its own, which costs several times as much. */
export const mostRecordBytes: number = 40 * 1024

const numberBytes = 8

export function beginRecord(writer: ByteWriter, n: number): void {
  writer.clear()
  writer.f64(n)
}

export function hasFrames(writer: ByteWriter): boolean {
  return writer.position > numberBytes
}

export function appendFrame(writer: ByteWriter, encode: Parameters<Append>[0]): void {
  const start = writer.reserve(4)
  encode(writer)
  writer.patchU32(start, writer.position - start - 4)
}

export function numberOf(record: Uint8Array): number {
  return new ByteReader(record).f64()
}

export function applyFrames(table: Journaled, record: Uint8Array): void {
  const reader = new ByteReader(record)
  reader.raw(numberBytes)
  while (!reader.atEnd) table.apply(reader.raw(reader.u32()))
}

/** What a record costs to be read back, as bytes: a small one costs about as much as a kilobyte does. */
export function weightOf(record: Uint8Array): number {
  return record.length + 1024
}
