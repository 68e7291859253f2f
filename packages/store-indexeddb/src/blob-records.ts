import type { IDBPDatabase, IDBPObjectStore } from 'idb'
import type { BlobSchema } from './blob-schema.ts'
import { isOutOfSpace } from './errors.ts'
import { transact } from './transaction.ts'

const pieceBytes = 1 << 20
const probeKey = 'millrace probe'

type Changing<N extends 'blobs' | 'pieces'> = IDBPObjectStore<
  BlobSchema,
  ('blobs' | 'pieces')[],
  N,
  'readwrite'
>

/** Changes both stores in one transaction, always strictly: a job that names a blob must never outlive it. */
export function changeBlobs(
  database: IDBPDatabase<BlobSchema>,
  work: (blobs: Changing<'blobs'>, pieces: Changing<'pieces'>) => Promise<void>,
): Promise<void> {
  const options = { database, stores: ['blobs', 'pieces'], mode: 'readwrite', durability: 'strict' } as const
  return transact(options, (transaction) =>
    work(transaction.objectStore('blobs'), transaction.objectStore('pieces')),
  )
}

/** Some versions of Safari refuse a Blob, or give an empty one back. */
export async function canStoreBlobs(database: IDBPDatabase<BlobSchema>): Promise<boolean> {
  try {
    const blob = new Blob(['probe'])
    await changeBlobs(database, async (blobs) => void (await blobs.put({ at: 0, type: '', blob }, probeKey)))
    const back = await database.get('blobs', probeKey)
    const isSame = (await back?.blob?.text()) === 'probe'
    await changeBlobs(database, (blobs) => blobs.delete(probeKey))
    return isSame
  } catch (error) {
    if (isOutOfSpace(error)) throw error
    return false
  }
}

/** The bytes of a blob in buffers of one MiB, the last one shorter. */
export function piecesOf(blob: Blob): Promise<readonly ArrayBuffer[]> {
  const starts = Array.from({ length: Math.ceil(blob.size / pieceBytes) }, (_, index) => index * pieceBytes)
  return Promise.all(starts.map((start) => blob.slice(start, start + pieceBytes).arrayBuffer()))
}
