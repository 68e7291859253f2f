import type { Journaled } from '@millrace/table'
import { BodySums } from './body-sums.ts'
import { readAt, reading, type Directory, type OpenFile } from './directory.ts'
import { corrupt, type Damage } from './errors.ts'
import { nameOf, numbersOf } from './file-names.ts'
import { FrameScanner } from './frame-scanner.ts'
import { saltSeed } from './frame.ts'
import { Replay } from './replay.ts'
import { decodeSegmentHeader, segmentHeaderBytes, type SegmentHeader } from './segment-header.ts'
import { findSnapshot, readSnapshot, type Snapshot } from './snapshot.ts'

/** How the newest log ends. */
export interface LogEnd {
  readonly header: SegmentHeader
  /** Where the last change ends that is proven to be flushed. */
  readonly provenEnd: number
  /** Where the changes without a proof begin (R7): a seal may lie between, which itself need not be flushed. */
  readonly tailStart: number
  readonly provenSeq: number
  /** Where the last whole frame ends. */
  readonly end: number
  readonly lastSeq: number
}

export interface Recovered {
  readonly snapshot: Snapshot | undefined
  /** The logs after the snapshot, in order. */
  readonly logs: readonly SegmentHeader[]
  /** Nothing in a new store. */
  readonly last: LogEnd | undefined
  /** Bytes of frames after the snapshot. */
  readonly logBytes: number
  /** What the texts of each segment are checked against when they are read. */
  readonly sums: Map<number, BodySums>
  /** What was wrong and could be made good, in words. */
  readonly warnings: readonly string[]
}

type Applied = Pick<Journaled, 'apply'>

/** R4: the highest snapshot that verifies, then every later log in order. Throws STORE_CORRUPT, and changes nothing on disk. */
export function recover(directory: Directory, storeId: string, rows: Journaled): Recovered {
  const warnings: string[] = []
  const sums = new Map<number, BodySums>()
  const table = noting(sums, rows)
  const headers = readHeaders(directory, storeId)
  const snapshot = findSnapshot(directory, storeId, headers, warnings)
  const logs = chain(directory, headers, snapshot)
  rows.reset()
  if (snapshot) readSnapshot(directory, snapshot, table)
  let logBytes = 0
  for (const [index, header] of logs.entries()) {
    const next = logs[index + 1]
    if (!next) break
    replayFinished(directory, header, next, table)
    logBytes += next.previousEnd
  }
  const newest = logs.at(-1)
  const last = newest && replayLast(directory, newest, table)
  if (snapshot && last && last.lastSeq < snapshot.lastSeq)
    throw corrupt(directory.path, lostBefore(snapshot, last))
  return { snapshot, logs, last, logBytes: logBytes + (last?.end ?? 0), sums, warnings }
}

/** Frames that were checked a moment ago give the checksums of the texts that stay in them. */
function noting(sums: Map<number, BodySums>, table: Journaled): Applied {
  return {
    apply: (frame, place) => {
      if (table.apply(frame, place) !== true || place === undefined) return
      const known = sums.get(place.segment) ?? new BodySums()
      sums.set(place.segment, known)
      known.note(frame, place.offset)
    },
  }
}

/** The header of every log, `undefined` for a damaged one: a log gets its name only after its header is flushed (R2). */
function readHeaders(directory: Directory, storeId: string): ReadonlyMap<number, SegmentHeader | undefined> {
  const headers = new Map<number, SegmentHeader | undefined>()
  for (const generation of numbersOf('log', directory.list())) {
    const bytes = reading(directory, nameOf('log', generation), (file) => readAt(file, 0, segmentHeaderBytes))
    const header = decodeSegmentHeader('log', bytes)
    const own = header?.storeId === storeId && header.generation === generation
    headers.set(generation, own ? header : undefined)
  }
  return headers
}

/** The logs after the snapshot, each one following on the one before; a gap is named. */
function chain(
  directory: Directory,
  headers: ReadonlyMap<number, SegmentHeader | undefined>,
  snapshot: Snapshot | undefined,
): SegmentHeader[] {
  const logs: SegmentHeader[] = []
  let firstSeq = snapshot?.header.firstSeq ?? 1
  for (const [generation, header] of headers) {
    if (snapshot && generation < snapshot.header.generation) continue
    const damage = (what: string): Error =>
      corrupt(directory.path, {
        file: nameOf('log', generation),
        offset: 0,
        firstSeq,
        lastSeq: undefined,
        what,
      })
    if (!header) throw damage('its header is damaged')
    const before = logs.at(-1)
    const expected = before?.generation ?? snapshot?.header.previousGeneration ?? 0
    if (header.previousGeneration !== expected) throw damage(missing(header.previousGeneration, expected))
    if (header.firstSeq < firstSeq) throw damage('it begins before the log that precedes it')
    if (!before && header.firstSeq !== firstSeq) throw damage('changes before it are missing')
    firstSeq = header.firstSeq
    logs.push(header)
  }
  if (snapshot && logs.length === 0) throw corrupt(directory.path, lostAfter(snapshot))
  return logs
}

function missing(wanted: number, found: number): string {
  return `it follows on ${nameOf('log', wanted)}, and that is missing (found ${found === 0 ? 'nothing' : nameOf('log', found)})`
}

function lostAfter({ header }: Snapshot): Damage {
  const file = nameOf('snap', header.generation)
  return {
    file,
    offset: 0,
    firstSeq: header.firstSeq,
    lastSeq: undefined,
    what: 'the log that follows on it is missing',
  }
}

/** An image holds changes that came while it was taken; without all of them it is no state that ever was. */
function lostBefore(snapshot: Snapshot, { header, end, lastSeq }: LogEnd): Damage {
  return {
    file: nameOf('log', header.generation),
    offset: end,
    firstSeq: lastSeq + 1,
    lastSeq: snapshot.lastSeq,
    what: `${nameOf('snap', snapshot.header.generation)} was taken up to there`,
  }
}

/** A log that has a successor must be whole up to where the successor says. */
function replayFinished(
  directory: Directory,
  header: SegmentHeader,
  next: SegmentHeader,
  table: Applied,
): void {
  const file = nameOf('log', header.generation)
  reading(directory, file, (open) => {
    const replay = new Replay(open, header, next.previousEnd)
    replay.run(table)
    if (replay.position === next.previousEnd && replay.seq + 1 === next.firstSeq) return
    throw corrupt(directory.path, {
      file,
      offset: replay.position,
      firstSeq: replay.seq + 1,
      lastSeq: next.firstSeq - 1,
      what: `${nameOf('log', next.generation)} says it was whole up to byte ${next.previousEnd}`,
    })
  })
}

function replayLast(directory: Directory, header: SegmentHeader, table: Applied): LogEnd {
  const file = nameOf('log', header.generation)
  return reading(directory, file, (open) => {
    const replay = new Replay(open, header, open.size())
    replay.run(table)
    const proof = findProof(open, header, replay)
    if (proof !== undefined) {
      throw corrupt(directory.path, {
        file,
        offset: replay.position,
        firstSeq: replay.seq + 1,
        lastSeq: proof,
        what: 'a later frame proves that it had been flushed',
      })
    }
    return {
      header,
      provenEnd: replay.provenEnd,
      tailStart: replay.tailStart,
      provenSeq: replay.provenSeq,
      end: replay.position,
      lastSeq: replay.seq,
    }
  })
}

/** R5: behind the first bad frame, the highest seq that a whole frame there proves to have been flushed, if it counts. */
function findProof(
  open: OpenFile,
  header: SegmentHeader,
  end: { seq: number; position: number },
): number | undefined {
  const scanner = new FrameScanner(open, saltSeed(header.salt), end.position, open.size())
  let highest: number | undefined
  for (let at = end.position; ; at = scanner.position) {
    const frame = scanner.search(at)
    if (!frame) return highest
    if (frame.durableSeq > end.seq) highest = Math.max(highest ?? 0, frame.durableSeq)
  }
}
