import { existsSync } from 'node:fs'
import { MillraceError } from '@millrace/core'
import type { Journaled } from '@millrace/table'
import { readAt, reading, type Directory, type OpenFile } from './directory.ts'
import { notOpened, unusable } from './errors.ts'
import { nameOf, numbersOf, storeFile } from './file-names.ts'
import { FrameScanner } from './frame-scanner.ts'
import { frameTypes, saltSeed } from './frame.ts'
import { NodeDirectory } from './node-directory.ts'
import { recover } from './recovery.ts'
import { decodeSegmentHeader, segmentHeaderBytes } from './segment-header.ts'
import { checkSnapshot, drain } from './snapshot.ts'
import { readStoreHeader } from './store-header.ts'

export interface FileReport {
  readonly name: string
  /** `cut`: whole up to `wholeBytes`, then something else, be it a torn end or damage; the store's verdict says which. */
  readonly state: 'whole' | 'cut' | 'unreadable'
  readonly bytes: number
  readonly wholeBytes: number
  /** Changes in a log, pieces in a snapshot. */
  readonly frames: number
  readonly firstSeq: number
  readonly lastSeq: number
}

export interface VerifyReport {
  readonly directory: string
  /** `sound`: everything that was acknowledged is there. */
  readonly verdict: 'sound' | 'damaged'
  /** What is damaged, where, and what to do. */
  readonly damage?: string
  /** What was damaged and can be made good from other files. */
  readonly warnings: readonly string[]
  /** The number of the last change. */
  readonly lastSeq: number
  readonly files: readonly FileReport[]
}

const nothing: Journaled = {
  apply: () => {},
  reset: () => {},
  relocate: () => {},
  restate: () => false,
  image: () => ({ next: () => false, placed: () => {}, adopt: () => {} }),
  storedBodies: () => [],
}

/** Reads all of a store and changes nothing. Throws STORE_VERSION for one that is newer, STORE_UNUSABLE or STORE_FAILED when it cannot be read. */
export function verifyStore(directory: string): VerifyReport {
  const store = new NodeDirectory(directory)
  try {
    refuseIfNone(store)
    const files = inspectFiles(store)
    return { directory, files, ...judge(store) }
  } catch (error) {
    throw notOpened(directory, error)
  }
}

/** A store may have lost its STORE file, but hardly its logs too. */
export function refuseIfNone(store: Directory): void {
  const names = existsSync(store.path) ? store.list() : []
  if (names.includes(storeFile) || numbersOf('log', names).length > 0) return
  throw unusable(store.path, 'holds no store; name the directory that was given to fileStore()')
}

function judge(store: Directory): Omit<VerifyReport, 'directory' | 'files'> {
  try {
    const { last, warnings } = recover(store, readStoreHeader(store, 'read'), nothing)
    return { verdict: 'sound', warnings, lastSeq: last?.lastSeq ?? 0 }
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'STORE_CORRUPT') throw error
    return { verdict: 'damaged', damage: error.message, warnings: [], lastSeq: 0 }
  }
}

function inspectFiles(store: Directory): FileReport[] {
  const names = store.list()
  const inspect = (
    kind: 'log' | 'snap',
    look: (file: OpenFile, name: string, number: number) => FileReport,
  ): FileReport[] =>
    numbersOf(kind, names).map((number) => {
      const name = nameOf(kind, number)
      return reading(store, name, (file) => look(file, name, number))
    })
  return [...inspect('snap', inspectSnapshot), ...inspect('log', inspectLog)]
}

function inspectLog(file: OpenFile, name: string): FileReport {
  const bytes = file.size()
  const header = decodeSegmentHeader('log', readAt(file, 0, segmentHeaderBytes))
  if (!header) return unreadable(name, bytes)
  const scanner = new FrameScanner(file, saltSeed(header.salt), segmentHeaderBytes, bytes)
  let frames = 0
  for (let frame = scanner.next(); frame; frame = scanner.next())
    if (frame.type === frameTypes.change) frames += 1
  const wholeBytes = scanner.position
  const state = isZero(file, wholeBytes) ? 'whole' : 'cut'
  return {
    name,
    state,
    bytes,
    wholeBytes,
    frames,
    firstSeq: header.firstSeq,
    lastSeq: header.firstSeq + frames - 1,
  }
}

function inspectSnapshot(file: OpenFile, name: string, number: number): FileReport {
  const bytes = file.size()
  const header = decodeSegmentHeader('snapshot', readAt(file, 0, segmentHeaderBytes))
  const snapshot = header && drain(checkSnapshot(file, header.storeId, number))
  if (!snapshot) return unreadable(name, bytes)
  const { lastSeq, end } = snapshot
  const scanner = new FrameScanner(file, saltSeed(header.salt), segmentHeaderBytes, end)
  let frames = 0
  while (scanner.next()) frames += 1
  return { name, state: 'whole', bytes, wholeBytes: bytes, frames, firstSeq: 1, lastSeq }
}

function unreadable(name: string, bytes: number): FileReport {
  return { name, state: 'unreadable', bytes, wholeBytes: 0, frames: 0, firstSeq: 0, lastSeq: 0 }
}

/** A log in use is filled ahead with zeros. */
function isZero(file: OpenFile, from: number): boolean {
  const chunkBytes = 1 << 20
  for (let at = from; at < file.size(); at += chunkBytes) {
    if (readAt(file, at, chunkBytes).some((byte) => byte !== 0)) return false
  }
  return true
}
