import { ByteWriter } from '@millrace/table'
import type { Database } from './database.ts'
import { mostRecordBytes } from './frames.ts'
import type { Replica } from './replica.ts'
import { transact } from './transaction.ts'

/**
 * The site's data was cleared while this tab was at work, and a job that was accepted is not forgotten for that: all rows
 * that are known here become the first snapshot of the new database. Answers false if another tab did that before.
 */
export function restore(database: Database, { table, last }: Replica): Promise<boolean> {
  const options = {
    database,
    stores: ['meta', 'snapshots'],
    mode: 'readwrite',
    durability: 'strict',
  } as const
  return transact(options, async (transaction) => {
    const meta = transaction.objectStore('meta')
    if ((await meta.getKey('head')) !== undefined) return false
    const pieces = imageOf(table)
    const snapshots = transaction.objectStore('snapshots')
    await Promise.all(pieces.map((piece, index) => snapshots.put(piece, [last, index])))
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0)
    await meta.put({ through: last, pieces: pieces.length, bytes }, 'head')
    return true
  })
}

function imageOf(table: Replica['table']): readonly Uint8Array<ArrayBuffer>[] {
  const image = table.image()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for (
    const writer = new ByteWriter(mostRecordBytes * 2);
    image.next(writer, mostRecordBytes);
    writer.clear()
  )
    pieces.push(writer.written().slice())
  return pieces
}
