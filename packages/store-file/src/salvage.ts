import { randomBytes } from 'node:crypto'
import type { StoredBody } from '@millrace/core'
import { Table, type Journaled } from '@millrace/table'
import { readAt, reading, writeAll, type Directory } from './directory.ts'
import { notOpened, unusable } from './errors.ts'
import { nameOf, numbersOf, storeFile } from './file-names.ts'
import { FrameScanner } from './frame-scanner.ts'
import { frameHeaderBytes, frameTypes, saltSeed, type Frame } from './frame.ts'
import { LogFile } from './log-file.ts'
import { NodeDirectory } from './node-directory.ts'
import { prepareDirectory } from './prepare-directory.ts'
import { publish } from './publish.ts'
import { decodeSegmentHeader, segmentHeaderBytes, type SegmentHeader } from './segment-header.ts'
import { SnapshotWriter } from './snapshot-writer.ts'
import { checkSnapshot, drain } from './snapshot.ts'
import { encodeStoreHeader } from './store-header.ts'
import { refuseIfNone } from './verify.ts'

export interface SalvageReport {
  readonly from: string
  readonly into: string
  /** Changes and pieces of snapshots that were read and taken over. */
  readonly frames: number
  /** What could not be read, or made no sense without what is missing. */
  readonly problems: readonly string[]
}

/**
 * Copies whatever can be read of a damaged store into a new one, in a directory that does not exist yet or is empty.
 * The damaged store is not changed. Jobs whose last changes are lost come back as they were before those.
 */
export async function salvageStore(directory: string, into: string): Promise<SalvageReport> {
  const source = new NodeDirectory(directory)
  refuseIfNone(source)
  const target = new NodeDirectory(prepareDirectory(into, false))
  if (target.list().length > 0)
    throw unusable(target.path, 'is not empty; name a new directory for what is saved')
  try {
    const salvage = new Salvage(source, new Table())
    salvage.readAll()
    await salvage.writeTo(target)
    return { from: directory, into: target.path, frames: salvage.frames, problems: salvage.problems }
  } catch (error) {
    throw notOpened(directory, error)
  }
}

class Salvage {
  readonly #source: Directory
  readonly #table: Journaled
  readonly problems: string[] = []
  frames = 0

  constructor(source: Directory, table: Journaled) {
    this.#source = source
    this.#table = table
  }

  /** The newest whole snapshot, or else every piece of one; then all later logs, over every gap. */
  readAll(): void {
    const names = this.#source.list()
    const snapshots = numbersOf('snap', names).reverse()
    const base = snapshots.find((generation) => this.#isWhole(generation)) ?? snapshots[0]
    if (base !== undefined) this.#read('snap', base, Infinity)
    const logs = numbersOf('log', names).filter((generation) => generation > (base ?? 0))
    for (const [index, generation] of logs.entries()) {
      const next = logs[index + 1]
      const end = next === undefined ? undefined : this.#header('log', next)?.previousEnd
      this.#read('log', generation, end ?? Infinity)
    }
  }

  async writeTo(target: Directory): Promise<void> {
    const header: SegmentHeader = {
      kind: 'snapshot',
      storeId: randomBytes(16).toString('hex'),
      generation: 1,
      epoch: 0,
      salt: randomBytes(4).readUInt32LE(),
      firstSeq: 1,
      previousGeneration: 0,
      previousEnd: 0,
    }
    const image = this.#table.image((body) => this.#text(body))
    const writer = new SnapshotWriter(target, header)
    while (writer.writePiece(image)) await writer.flushSometimes()
    await writer.finish(0, () => Promise.resolve())
    writer.publish().close()
    LogFile.create(target, { ...header, kind: 'log', generation: 2 }, 0).file.close()
    const storeId = Buffer.from(header.storeId, 'hex')
    publish(target, storeFile, (file) => writeAll(file, encodeStoreHeader(storeId), 0)).close()
  }

  #read(kind: 'log' | 'snap', generation: number, end: number): void {
    const header = this.#header(kind, generation)
    const name = nameOf(kind, generation)
    if (!header) {
      this.problems.push(`${name}: its header is damaged, and without it nothing in the file can be checked`)
      return
    }
    reading(this.#source, name, (file) => {
      const size = Math.min(end, file.size())
      const scanner = new FrameScanner(file, saltSeed(header.salt), segmentHeaderBytes, size)
      for (let at = segmentHeaderBytes; ; at = scanner.position) {
        const frame = scanner.search(at)
        if (!frame) return this.#noteRest(name, at, end)
        const start = frame.payloadOffset - frameHeaderBytes
        if (start > at) this.problems.push(`${name}: bytes ${at} to ${start} are damaged`)
        this.#apply(frame, name, generation)
      }
    })
  }

  #noteRest(name: string, at: number, end: number): void {
    if (end !== Infinity && at < end) this.problems.push(`${name}: bytes ${at} to ${end} are damaged`)
  }

  #apply(frame: Frame, name: string, generation: number): void {
    if (frame.type !== frameTypes.change && frame.type !== frameTypes.rows) return
    try {
      this.#table.apply(frame.payload, { segment: generation, offset: frame.payloadOffset })
      this.frames += 1
    } catch (error) {
      this.problems.push(`${name}: change ${frame.seq} makes no sense any more (${String(error)})`)
    }
  }

  #text({ segment, offset, bytes }: StoredBody): string {
    const log = nameOf('log', segment)
    const name = this.#source.exists(log) ? log : nameOf('snap', segment)
    try {
      const text = reading(this.#source, name, (file) => readAt(file, offset, bytes))
      if (text.length === bytes) return Buffer.from(text).toString('utf8')
    } catch {
      // Told below.
    }
    this.problems.push(`${name}: the text at byte ${offset} is gone; null stands in its place`)
    return 'null'
  }

  #isWhole(generation: number): boolean {
    const header = this.#header('snap', generation)
    if (!header) return false
    const name = nameOf('snap', generation)
    return (
      reading(this.#source, name, (file) => drain(checkSnapshot(file, header.storeId, generation))) !==
      undefined
    )
  }

  #header(kind: 'log' | 'snap', generation: number): SegmentHeader | undefined {
    const bytes = reading(this.#source, nameOf(kind, generation), (file) =>
      readAt(file, 0, segmentHeaderBytes),
    )
    return decodeSegmentHeader(kind === 'log' ? 'log' : 'snapshot', bytes)
  }
}
