import { randomBytes } from 'node:crypto'
import { crc32c } from './crc32c.ts'
import { errorCodeOf, readAt, reading, writeAll, type Directory } from './directory.ts'
import { corrupt, newerVersion, unusable } from './errors.ts'
import { numbersOf, storeFile } from './file-names.ts'
import { publish } from './publish.ts'

/*
 * magic u32 | version u32 | compat u32 | roCompat u32 | incompat u32 | store id 16 bytes | crc32c u32
 * A newer millrace sets a bit for a feature that older ones must not write to (roCompat) or not even read (incompat).
 */
const magic = 0x5453524d
const version = 1
const headerBytes = 40

/** The store's id, from its STORE file; a new store gets one. Refuses what a newer version wrote, and touches nothing (R15). */
export function openStoreHeader(directory: Directory): string {
  if (!directory.exists(storeFile)) createStoreHeader(directory)
  return readStoreHeader(directory, 'write')
}

/** Reading is allowed where an unknown feature only forbids writing. */
export function readStoreHeader(directory: Directory, intent: 'read' | 'write'): string {
  const bytes = reading(directory, storeFile, (file) => readAt(file, 0, headerBytes))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < headerBytes || view.getUint32(0, true) !== magic) throw damaged(directory)
  // Before the checksum: where a newer version keeps it is not known here.
  if (view.getUint32(4, true) > version)
    throw newerVersion(directory.path, `format ${view.getUint32(4, true)}`)
  if (view.getUint32(36, true) !== crc32c(bytes, 0, 36)) throw damaged(directory)
  const forbidden = view.getUint32(16, true) | (intent === 'write' ? view.getUint32(12, true) : 0)
  if (forbidden !== 0) throw newerVersion(directory.path, `features ${forbidden.toString(2)}`)
  return Buffer.from(bytes.subarray(20, 36)).toString('hex')
}

export function encodeStoreHeader(
  storeId: Uint8Array,
  features = { compat: 0, roCompat: 0, incompat: 0 },
): Uint8Array {
  const bytes = new Uint8Array(headerBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint32(4, version, true)
  view.setUint32(8, features.compat, true)
  view.setUint32(12, features.roCompat, true)
  view.setUint32(16, features.incompat, true)
  bytes.set(storeId, 20)
  view.setUint32(36, crc32c(bytes, 0, 36), true)
  return bytes
}

function createStoreHeader(directory: Directory): void {
  const names = directory.list()
  if (numbersOf('log', names).length + numbersOf('snap', names).length > 0) {
    throw unusable(
      directory.path,
      `there are logs but no ${storeFile} file; put it back, or run \`millrace salvage\``,
    )
  }
  try {
    publish(directory, storeFile, (file) => writeAll(file, encodeStoreHeader(randomBytes(16)), 0)).close()
  } catch (error) {
    // Another process made the same store first: then that one is the store. As its owner it clears temporary files away.
    if (!['EEXIST', 'ENOENT'].includes(errorCodeOf(error))) throw error
  }
}

function damaged(directory: Directory): Error {
  return corrupt(directory.path, {
    file: storeFile,
    offset: 0,
    firstSeq: 1,
    lastSeq: undefined,
    what: 'it is no store header; `millrace salvage` can do without it',
  })
}
