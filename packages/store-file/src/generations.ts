import { randomBytes } from 'node:crypto'
import type { Journaled, Place } from '@millrace/table'
import type { BodySums } from './body-sums.ts'
import { isOutOfSpace, reading, readAt, removeIfThere, type Directory, type OpenFile } from './directory.ts'
import { highestGeneration, nameOf, numbersOf, temporarySuffix } from './file-names.ts'
import { LogFile } from './log-file.ts'
import type { Recovered } from './recovery.ts'
import { segmentHeaderBytes, type SegmentHeader } from './segment-header.ts'

export interface GenerationOptions {
  readonly directory: Directory
  readonly storeId: string
  readonly epoch: number
  /** Zeros written ahead of the log's end; 0 where flushes do not matter. */
  readonly allocateBytes: number
  /** May a frame that was read back still be only in the system's cache? Then its successor flushes it again. */
  readonly flushed: boolean
}

/** Frames of the log in use that may not be on the device, and where they stand in it. */
export interface Unflushed {
  readonly frames: Uint8Array
  readonly firstSeq: number
  readonly start: number
}

export interface WrittenSnapshot {
  readonly header: SegmentHeader
  readonly bytes: number
  readonly sums: BodySums
}

const leastCompactionBytes = 64 * 1024 * 1024
/** Every opening starts a log; so many are read quickly, far more would not be. */
const mostLogs = 64

/** The files of a store: the log in use, those before it, and the snapshots they build upon. */
export class Generations {
  readonly #options: GenerationOptions
  readonly #open = new Map<number, OpenFile>()
  readonly #sums: Map<number, BodySums>
  #log: LogFile
  #earlierBytes: number
  #logs: number
  #snapshotGeneration: number
  #snapshotBytes: number

  private constructor(options: GenerationOptions, log: LogFile, recovered: Recovered) {
    this.#options = options
    this.#log = log
    this.#sums = recovered.sums
    this.#know(log.generation, log.file, log.sums)
    this.#earlierBytes = recovered.logBytes
    this.#logs = recovered.logs.length + 1
    this.#snapshotGeneration = recovered.snapshot?.header.generation ?? 0
    this.#snapshotBytes = recovered.snapshot?.end ?? 0
  }

  /** The generation of a new owner, always a new one (R6, R12), with the tail of the last one that has no proof (R7). */
  static start(options: GenerationOptions, recovered: Recovered, table: Journaled): Generations {
    const { directory, epoch, storeId } = options
    const { last } = recovered
    removeTemporaries(directory)
    const tail = last && options.flushed ? readTail(directory, last) : new Uint8Array(0)
    // Also where the tail is copied: a change in it may refer to a text that an earlier one brought, by its old place.
    if (last && (tail.length > 0 || !options.flushed)) flushWhole(directory, last.header.generation)
    const previousEnd = options.flushed ? last?.provenEnd : last?.end
    const header: SegmentHeader = {
      kind: 'log',
      storeId,
      epoch,
      salt: freshSalt(),
      generation: highestGeneration(directory.list()) + 1,
      firstSeq: ((options.flushed ? last?.provenSeq : last?.lastSeq) ?? 0) + 1,
      previousGeneration: last?.header.generation ?? 0,
      previousEnd: previousEnd ?? 0,
    }
    const log = createLog(options, header, tail)
    if (last && tail.length > 0) {
      const from = { segment: last.header.generation, offset: last.tailStart }
      table.relocate(from, { segment: log.generation, offset: segmentHeaderBytes })
    }
    return new Generations(options, log, recovered)
  }

  get path(): string {
    return this.#options.directory.path
  }

  get log(): LogFile {
    return this.#log
  }

  /** Is there a log after the one in use? Its header says where this one ends, so nothing more may be added here. */
  get isSuperseded(): boolean {
    try {
      return (numbersOf('log', this.#options.directory.list()).at(-1) ?? 0) > this.#log.generation
    } catch {
      return true
    }
  }

  /** Has so much been written since the last snapshot that the next one pays? */
  get compactionDue(): boolean {
    const written = this.#earlierBytes + this.#log.end
    return this.#logs > mostLogs || written > Math.max(leastCompactionBytes, 2 * this.#snapshotBytes)
  }

  /** Ends the log in use and starts the next one; everything in it must be flushed. Answers the header of a snapshot between the two. */
  rotate(nextSeq: number): SegmentHeader {
    const { directory, epoch, storeId } = this.#options
    const before = this.#log
    const generation = highestGeneration(directory.list()) + 1
    const header: SegmentHeader = {
      kind: 'snapshot',
      storeId,
      epoch,
      salt: freshSalt(),
      generation,
      firstSeq: nextSeq,
      previousGeneration: before.generation,
      previousEnd: 0,
    }
    this.#succeed(generation + 1, nextSeq)
    before.finish()
    return header
  }

  /**
   * R9: the log in use is dead. What was not flushed in it goes into a new one, from memory. `complete` adds frames to it
   * that need to know where it stands now.
   */
  startOver(group: Unflushed, table: Journaled, complete: (from: Place) => Uint8Array): void {
    const generation = highestGeneration(this.#options.directory.list()) + 1
    const place = { segment: generation, offset: segmentHeaderBytes }
    table.relocate({ segment: this.#log.generation, offset: group.start }, place)
    this.#succeed(generation, group.firstSeq, Buffer.concat([group.frames, complete(place)]))
  }

  /** The file that a body is in. */
  fileOf(generation: number): OpenFile {
    const known = this.#open.get(generation)
    if (known) return known
    const file = this.#options.directory.open(this.nameOf(generation))
    this.#open.set(generation, file)
    return file
  }

  /** Logs and snapshots draw from one row of numbers. */
  nameOf(generation: number): string {
    const log = nameOf('log', generation)
    return this.#options.directory.exists(log) ? log : nameOf('snap', generation)
  }

  /** What the texts of a segment are checked against. */
  sumsOf(generation: number): BodySums | undefined {
    return this.#sums.get(generation)
  }

  /** A snapshot was published: what only the snapshot before the last one needed is removed (R3 keeps one older). */
  adopt({ header, bytes, sums }: WrittenSnapshot, file: OpenFile): void {
    const older = this.#snapshotGeneration
    this.#know(header.generation, file, sums)
    this.#snapshotGeneration = header.generation
    this.#snapshotBytes = bytes
    this.#earlierBytes = 0
    this.#logs = 1
    this.#removeBefore(older)
  }

  close(): void {
    for (const file of this.#open.values()) file.close()
    this.#open.clear()
  }

  #succeed(generation: number, nextSeq: number, frames?: Uint8Array): void {
    const { epoch, storeId } = this.#options
    const before = this.#log
    const header: SegmentHeader = {
      kind: 'log',
      storeId,
      epoch,
      salt: freshSalt(),
      generation,
      firstSeq: nextSeq,
      previousGeneration: before.generation,
      previousEnd: before.durableEnd,
    }
    this.#log = createLog(this.#options, header, frames)
    this.#know(generation, this.#log.file, this.#log.sums)
    this.#earlierBytes += before.end
    this.#logs += 1
  }

  #know(generation: number, file: OpenFile, sums: BodySums): void {
    this.#open.set(generation, file)
    this.#sums.set(generation, sums)
  }

  #removeBefore(generation: number): void {
    const { directory } = this.#options
    const names = directory.list()
    for (const kind of ['log', 'snap'] as const) {
      for (const number of numbersOf(kind, names)) {
        if (number >= generation) continue
        this.#open.get(number)?.close()
        this.#open.delete(number)
        this.#sums.delete(number)
        removeIfThere(directory, nameOf(kind, number))
      }
    }
  }
}

function createLog(
  { directory, allocateBytes }: GenerationOptions,
  header: SegmentHeader,
  frames?: Uint8Array,
): LogFile {
  try {
    return LogFile.create(directory, header, allocateBytes, frames)
  } catch (error) {
    // On a full disk a log without zeros ahead may still fit (R11).
    if (allocateBytes === 0 || !isOutOfSpace(error)) throw error
    return LogFile.create(directory, header, 0, frames)
  }
}

function readTail(directory: Directory, last: NonNullable<Recovered['last']>): Uint8Array {
  return reading(directory, nameOf('log', last.header.generation), (file) =>
    readAt(file, last.tailStart, last.end - last.tailStart),
  )
}

/** The header of the next log is going to say that this one is whole, so it must be on the device before. */
function flushWhole(directory: Directory, generation: number): void {
  const file = directory.openToWrite(nameOf('log', generation))
  try {
    file.sync()
  } finally {
    file.close()
  }
}

/** Left over from a crash: no name that counts ever led to them. */
function removeTemporaries(directory: Directory): void {
  for (const name of directory.list()) if (name.endsWith(temporarySuffix)) removeIfThere(directory, name)
}

function freshSalt(): number {
  return randomBytes(4).readUInt32LE()
}
