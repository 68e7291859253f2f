import type { StoredBody } from '@millrace/core'
import type { Journaled } from '@millrace/table'
import type { Directory } from './directory.ts'
import type { Generations } from './generations.ts'
import type { LogWriter } from './log-writer.ts'
import type { Ownership } from './ownership.ts'
import { SnapshotWriter } from './snapshot-writer.ts'
import type { TurnQueue } from './turn-queue.ts'

export interface CompactionOptions {
  readonly directory: Directory
  readonly generations: Generations
  readonly ownership: Ownership
  readonly queue: TurnQueue
  readonly writer: LogWriter
  readonly table: Journaled
  readonly read: (body: StoredBody) => string
  readonly isCancelled: () => boolean
}

/**
 * R3: starts the next log, writes a snapshot of all rows beside it a piece at a time, and only when that is flushed and
 * was read back removes what is older than the snapshot before. Answers false when it was cancelled.
 */
export async function compact(options: CompactionOptions): Promise<boolean> {
  const { directory, queue, table, writer } = options
  const { header, image } = await queue.exclusive(() => ({
    header: writer.rotate(),
    image: table.image(options.read),
  }))
  const snapshot = new SnapshotWriter(directory, header)
  try {
    while (!options.isCancelled() && snapshot.writePiece(image)) {
      await snapshot.flushSometimes()
      await pause()
    }
    const lastSeq = writer.seq
    if (!options.isCancelled()) await snapshot.finish(lastSeq, pause)
    // An image may hold changes whose flush is still under way: in the queue's pause they all are in the log.
    return await queue.exclusive(() => publish(options, snapshot, () => image.adopt()))
  } catch (error) {
    snapshot.abandon()
    throw error
  }
}

function publish(options: CompactionOptions, snapshot: SnapshotWriter, adopt: () => void): boolean {
  const { generations, ownership, writer } = options
  if (options.isCancelled() || writer.isHalted || !ownership.holds) {
    snapshot.abandon()
    return false
  }
  writer.flushAll()
  const file = snapshot.publish()
  adopt()
  generations.adopt(snapshot, file)
  return true
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
