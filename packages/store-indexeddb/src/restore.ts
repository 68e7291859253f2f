import { ByteWriter } from '@millrace/table'
import type { Database } from './database.ts'
import { mostRecordBytes } from './frames.ts'
import type { Replica } from './replica.ts'
import { transact } from './transaction.ts'

/**
 * The site's data was cleared while this tab was at work, and a job that was accepted is not forgotten for that: all rows
 * that are known here become the first snapshot of the new database, unless another tab did that before.
 * Texts that stood apart are gone. Answers the ids of their jobs, which must not run with what stands in their place.
 */
export async function restore(database: Database, { table, last }: Replica): Promise<readonly string[]> {
  const options = {
    database,
    stores: ['meta', 'snapshots'],
    mode: 'readwrite',
    durability: 'strict',
  } as const
  const lost = [...new Set([...table.storedBodies()].map(([id]) => id))]
  await transact(options, async (transaction) => {
    const meta = transaction.objectStore('meta')
    if ((await meta.getKey('head')) !== undefined) return
    const pieces = imageOf(table)
    const snapshots = transaction.objectStore('snapshots')
    await Promise.all(pieces.map((piece, index) => snapshots.put(piece, [last, index])))
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0)
    await meta.put({ number: last, through: last, pieces: pieces.length, bytes }, 'head')
  })
  return lost
}

function imageOf(table: Replica['table']): readonly Uint8Array<ArrayBuffer>[] {
  const image = table.image(() => 'null')
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for (
    const writer = new ByteWriter(mostRecordBytes * 2);
    image.next(writer, mostRecordBytes);
    writer.clear()
  )
    pieces.push(writer.written().slice())
  return pieces
}
