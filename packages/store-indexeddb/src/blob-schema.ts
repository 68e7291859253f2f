import type { DBSchema, IDBPDatabase } from 'idb'

interface BlobRecord {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly type: string
  /** Not there if the bytes stand in pieces. */
  readonly blob?: Blob
}

export interface BlobSchema extends DBSchema {
  readonly blobs: { key: string; value: BlobRecord }
  readonly pieces: { key: [key: string, piece: number]; value: ArrayBuffer }
}

export function createBlobSchema(database: IDBPDatabase<BlobSchema>): void {
  for (const name of ['blobs', 'pieces'] as const) database.createObjectStore(name)
}

export function allPieces(key: string): IDBKeyRange {
  return IDBKeyRange.bound([key, 0], [key, Infinity])
}
