import { crc32c } from './crc32c.ts'
import { readU64, writeU64 } from './u64.ts'

/** What both a log and a snapshot begin with: 64 bytes, the last four their checksum. */
export interface SegmentHeader {
  readonly kind: 'log' | 'snapshot'
  readonly storeId: string
  readonly generation: number
  /** Of the owner that made it. */
  readonly epoch: number
  readonly salt: number
  /** The seq of a log's first frame; of a snapshot the first one that is to be replayed on it. */
  readonly firstSeq: number
  /** The log before this one; 0 when there is none. */
  readonly previousGeneration: number
  /** How far the log before is valid. Later bytes there were never acknowledged (R6). */
  readonly previousEnd: number
}

export const segmentHeaderBytes = 64
const formatVersion = 1
const magics = { log: 0x474c524d, snapshot: 0x4e53524d } as const
const checksumAt = 60

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(segmentHeaderBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magics[header.kind], true)
  view.setUint32(4, formatVersion, true)
  bytes.set(Buffer.from(header.storeId, 'hex'), 8)
  view.setUint32(24, header.generation, true)
  view.setUint32(28, header.epoch, true)
  view.setUint32(32, header.salt, true)
  view.setUint32(36, header.previousGeneration, true)
  writeU64(view, 40, header.firstSeq)
  writeU64(view, 48, header.previousEnd)
  view.setUint32(checksumAt, crc32c(bytes, 0, checksumAt), true)
  return bytes
}

/** Nothing when the bytes are no such header, or a damaged one. */
export function decodeSegmentHeader(
  kind: SegmentHeader['kind'],
  bytes: Uint8Array,
): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderBytes) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== magics[kind] || view.getUint32(4, true) !== formatVersion) return undefined
  if (view.getUint32(checksumAt, true) !== crc32c(bytes, 0, checksumAt)) return undefined
  return {
    kind,
    storeId: Buffer.from(bytes.subarray(8, 24)).toString('hex'),
    generation: view.getUint32(24, true),
    epoch: view.getUint32(28, true),
    salt: view.getUint32(32, true),
    previousGeneration: view.getUint32(36, true),
    firstSeq: readU64(view, 40),
    previousEnd: readU64(view, 48),
  }
}
