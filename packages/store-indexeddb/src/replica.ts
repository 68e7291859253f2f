import { assert } from '@millrace/core'
import type { Journaled } from '@millrace/table'
import type { Database, Head } from './database.ts'
import { applyFrames, numberOf, weightOf } from './frames.ts'
import { transact } from './transaction.ts'

/** Below this a snapshot is not worth its writing. */
const leastWeight = 1 << 20
/** Pieces of a snapshot that are read at once: these are taken in while the next are on their way. */
const piecesAtOnce = 16

const noHead: Head = { number: 0, through: 0, pieces: 0, bytes: 0 }

/** How much of the log the table has seen, and what it would cost to read again. */
export class Replica {
  readonly table: Journaled
  /** The number of the newest record that was applied or written. */
  last = 0
  /** Of all records since the newest snapshot known of. */
  weight = 0
  head: Head = noHead
  /** False before anything was read, and when what is stored is in doubt: then all must be read anew. */
  isCurrent = false
  /** Rises whenever all is read anew: an image begun before is of a table that is gone. */
  generation = 0
  #postponedTo = 0

  constructor(table: Journaled) {
    this.table = table
  }

  get isCompactionDue(): boolean {
    return this.weight > Math.max(leastWeight, this.head.bytes, this.#postponedTo)
  }

  /** What made one snapshot fail would make the next one fail too: not before the log has grown by a quarter. */
  postponeCompaction(): void {
    this.#postponedTo = this.weight * 1.25
  }

  /** Rebuilds the table: the newest snapshot, then the records after it. */
  async load(database: Database): Promise<void> {
    this.isCurrent = false
    this.table.reset()
    this.generation += 1
    const options = { database, mode: 'readonly', durability: 'relaxed' } as const
    await transact({ ...options, stores: ['meta', 'snapshots', 'frames'] }, async (transaction) => {
      this.head = ((await transaction.objectStore('meta').get('head')) as Head | undefined) ?? noHead
      const { number, through, pieces } = this.head
      const snapshots = transaction.objectStore('snapshots')
      const reads = rangesOf(number, pieces).map((range) => snapshots.getAll(range))
      const records = transaction.objectStore('frames').getAll(IDBKeyRange.lowerBound(through, true))
      for (const read of [...reads, records]) read.catch(() => {})
      for (const read of reads) for (const piece of await read) this.table.apply(piece)
      this.last = through
      this.weight = 0
      this.#postponedTo = 0
      this.catchUp(await records)
    })
    this.isCurrent = true
  }

  catchUp(news: readonly Uint8Array[]): void {
    for (const record of news) {
      assert(numberOf(record) === this.last + 1, `record ${numberOf(record)} comes after ${this.last}`)
      applyFrames(this.table, record)
      this.wrote(record)
    }
  }

  wrote(record: Uint8Array): void {
    this.last = numberOf(record)
    this.weight += weightOf(record)
  }
}

function rangesOf(number: number, pieces: number): readonly IDBKeyRange[] {
  return Array.from({ length: Math.ceil(pieces / piecesAtOnce) }, (_, index) => {
    const start = index * piecesAtOnce
    return IDBKeyRange.bound([number, start], [number, start + piecesAtOnce], false, true)
  })
}
