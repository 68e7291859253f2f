import type { Journaled } from '@millrace/table'
import type { Database, FrameRecord, Head } from './database.ts'
import { applyFrames, weightOf } from './frames.ts'
import { transact } from './transaction.ts'

/** Below this a snapshot is not worth its writing. */
const leastWeight = 1 << 20

/** How much of the log the table has seen, and what it would cost to read again. */
export class Replica {
  readonly table: Journaled
  /** The number of the newest record that was applied or written. */
  last = 0
  /** Of all records since the newest snapshot known of. */
  weight = 0
  head: Head = { through: 0, pieces: 0, bytes: 0 }
  /** Rises whenever all is read anew: an image begun before is of a table that is gone. */
  generation = 0

  constructor(table: Journaled) {
    this.table = table
  }

  get isCompactionDue(): boolean {
    return this.weight > Math.max(leastWeight, this.head.bytes)
  }

  /** Rebuilds the table: the newest snapshot, then the records after it. */
  async load(database: Database): Promise<void> {
    const { head, pieces, records } = await readAll(database)
    this.table.reset()
    this.generation += 1
    for (const piece of pieces) this.table.apply(piece)
    this.head = head
    this.last = head.through
    this.weight = 0
    for (const record of records) this.apply(record)
  }

  /** False if there is a gap: what stands in it is in a snapshot. The newest record is never deleted, so none means no news. */
  catchUp(news: readonly FrameRecord[]): boolean {
    if (news.length > 0 && news[0]!.n !== this.last + 1) return false
    for (const record of news) this.apply(record)
    return true
  }

  apply(record: FrameRecord): void {
    applyFrames(this.table, record)
    this.wrote(record, 0)
  }

  wrote(record: FrameRecord, bodyLength: number): void {
    this.last = record.n
    this.weight += weightOf(record) + bodyLength / 16
  }
}

interface All {
  readonly head: Head
  readonly pieces: readonly Uint8Array[]
  readonly records: readonly FrameRecord[]
}

function readAll(database: Database): Promise<All> {
  const options = {
    database,
    stores: ['meta', 'snapshots', 'frames'],
    mode: 'readonly',
    durability: 'relaxed',
  } as const
  return transact(options, async (transaction) => {
    const head = ((await transaction.objectStore('meta').get('head')) as Head | undefined) ?? {
      through: 0,
      pieces: 0,
      bytes: 0,
    }
    const { through } = head
    const [pieces, records] = await Promise.all([
      transaction.objectStore('snapshots').getAll(IDBKeyRange.bound([through, 0], [through, Infinity])),
      transaction.objectStore('frames').getAll(IDBKeyRange.lowerBound(through, true)),
    ])
    return { head, pieces, records }
  })
}
