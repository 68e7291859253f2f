import type { StoredBody } from '@millrace/core'
import { rotten } from './errors.ts'
import type { Generations } from './generations.ts'

/** Text that stands in a log or a snapshot, just as it was written; throws PAYLOAD_UNREADABLE where it is not that any more. */
export function readBody(generations: Generations, { segment, offset, bytes }: StoredBody): string {
  const text = generations.sumsOf(segment)?.read(generations.fileOf(segment), offset, bytes)
  if (!text) throw rotten(generations.path, generations.nameOf(segment), offset)
  return Buffer.from(text.buffer, text.byteOffset, text.length).toString('utf8')
}
