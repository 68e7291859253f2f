import type { StoredBody } from '@millrace/core'
import { corrupt } from './errors.ts'
import { nameOf } from './file-names.ts'
import type { Generations } from './generations.ts'

/** Text that stands in a log or a snapshot. */
export function readBody(generations: Generations, { segment, offset, bytes }: StoredBody): string {
  const buffer = Buffer.allocUnsafe(bytes)
  const file = generations.fileOf(segment)
  let done = 0
  while (done < bytes) {
    const count = file.read(buffer.subarray(done), offset + done)
    if (count === 0) throw cutOff(generations.path, { segment, offset, bytes })
    done += count
  }
  return buffer.toString('utf8')
}

function cutOff(path: string, { segment, offset }: StoredBody): Error {
  const file = nameOf('log', segment)
  return corrupt(path, {
    file,
    offset,
    firstSeq: 0,
    lastSeq: undefined,
    what: 'the file ends before this text does',
  })
}
