import { createHash } from 'node:crypto'
import type { Journaled } from '@millrace/table'
import { readAt, reading, type Directory, type OpenFile } from './directory.ts'
import { nameOf, numbersOf } from './file-names.ts'
import { FrameScanner } from './frame-scanner.ts'
import { frameTypes, paddedFrameBytes, saltSeed } from './frame.ts'
import { decodeSegmentHeader, segmentHeaderBytes, type SegmentHeader } from './segment-header.ts'

/** A snapshot that verified: header, frames of rows, and a last frame with the SHA-256 of all before it. */
export interface Snapshot {
  /** `firstSeq` is the first change to replay on it, `previousGeneration` the last log it covers. */
  readonly header: SegmentHeader
  /** Where the frames of rows end. */
  readonly end: number
  /** The last change that may be in it: the image was taken while turns went on. */
  readonly lastSeq: number
}

const hashBytes = 32
const footerPayloadBytes = hashBytes + 8
const footerBytes: number = paddedFrameBytes(footerPayloadBytes)
const chunkBytes = 1 << 20

/** The highest snapshot that may be built upon, if there is one. What was passed over is added to `warnings`. */
export function findSnapshot(
  directory: Directory,
  storeId: string,
  headers: ReadonlyMap<number, SegmentHeader | undefined>,
  warnings: string[],
): Snapshot | undefined {
  for (const generation of numbersOf('snap', directory.list()).reverse()) {
    const name = nameOf('snap', generation)
    const snapshot = reading(directory, name, (file) => drain(checkSnapshot(file, storeId, generation)))
    if (snapshot && !isOfZombie(snapshot, headers)) return snapshot
    warnings.push(
      `${name} ${snapshot ? 'is of an owner that had lost the store' : 'is damaged'}: passed over`,
    )
  }
  return undefined
}

/** Pauses after every chunk, so that a caller can let others run; answers the snapshot if every byte of it is right. */
export function* checkSnapshot(
  file: OpenFile,
  storeId: string,
  generation: number,
): Generator<void, Snapshot | undefined> {
  const header = decodeSegmentHeader('snapshot', readAt(file, 0, segmentHeaderBytes))
  if (header?.storeId !== storeId || header.generation !== generation) return undefined
  const end = file.size() - footerBytes
  const scanner = new FrameScanner(file, saltSeed(header.salt), end, file.size())
  const footer = end < segmentHeaderBytes ? undefined : scanner.next()
  if (footer?.type !== frameTypes.footer || footer.payload.length !== footerPayloadBytes) return undefined
  const expected = Buffer.from(footer.payload.subarray(0, hashBytes))
  const hash = createHash('sha256')
  for (let at = 0; at < end; at += chunkBytes) {
    hash.update(readAt(file, at, Math.min(chunkBytes, end - at)))
    yield
  }
  return hash.digest().equals(expected) ? { header, end, lastSeq: footer.seq } : undefined
}

export function drain<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

export function readSnapshot(
  directory: Directory,
  { header, end }: Snapshot,
  table: Pick<Journaled, 'apply'>,
): void {
  reading(directory, nameOf('snap', header.generation), (file) => {
    const scanner = new FrameScanner(file, saltSeed(header.salt), segmentHeaderBytes, end)
    for (let frame = scanner.next(); frame; frame = scanner.next()) {
      table.apply(frame.payload, { segment: header.generation, offset: frame.payloadOffset })
    }
  })
}

/**
 * An owner that was robbed while it slept may finish its snapshot afterwards, with changes in it that never counted.
 * Its last change then lies in a log of a later owner.
 */
function isOfZombie(
  { header, lastSeq }: Snapshot,
  headers: ReadonlyMap<number, SegmentHeader | undefined>,
): boolean {
  for (const log of headers.values()) {
    if (log && log.epoch > header.epoch && log.firstSeq <= lastSeq) return true
  }
  return false
}
