import type { IDBPDatabase } from 'idb'
import type { BlobEntry, BlobPlace } from './blob-place.ts'
import { canStoreBlobs, changeBlobs, piecesOf } from './blob-records.ts'
import { allPieces, createBlobSchema, type BlobSchema } from './blob-schema.ts'
import { Connection } from './connection.ts'
import { schemaVersion } from './database.ts'
import { failed, full, isOutOfSpace } from './errors.ts'

/** Blobs in a database of their own, because in several engines writing one holds up every other write of its database. */
export class BlobDatabase implements BlobPlace {
  readonly #connection: Connection<BlobSchema>
  #storesBlobs: Promise<boolean> | undefined

  constructor(name: string) {
    this.#connection = new Connection({
      name: `${name}.blobs`,
      version: schemaVersion,
      create: createBlobSchema,
    })
  }

  async put(key: string, blob: Blob): Promise<void> {
    this.#storesBlobs ??= this.#run(canStoreBlobs)
    this.#storesBlobs.catch(() => (this.#storesBlobs = undefined))
    const isWhole = await this.#storesBlobs
    const pieces = isWhole ? [] : await piecesOf(blob)
    const record = { at: Date.now(), type: blob.type, ...(isWhole && { blob }) }
    await this.#run((database) =>
      changeBlobs(database, async (blobs, texts) => {
        await Promise.all([
          blobs.put(record, key),
          texts.delete(allPieces(key)),
          ...pieces.map((piece, index) => texts.put(piece, [key, index])),
        ])
      }),
    )
  }

  get(key: string): Promise<Blob | undefined> {
    return this.#run(async (database) => {
      const record = await database.get('blobs', key)
      if (record === undefined || record.blob !== undefined) return record?.blob
      return new Blob(await database.getAll('pieces', allPieces(key)), { type: record.type })
    })
  }

  delete(keys: readonly string[]): Promise<void> {
    return this.#run((database) =>
      changeBlobs(database, async (blobs, pieces) => {
        await Promise.all(keys.flatMap((key) => [blobs.delete(key), pieces.delete(allPieces(key))]))
      }),
    )
  }

  keys(): Promise<readonly BlobEntry[]> {
    return this.#run(async (database) => {
      const transaction = database.transaction('blobs')
      const [keys, records] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()])
      return keys.map((key, index) => ({ key, at: records[index]!.at }))
    })
  }

  disconnect(): void {
    this.#connection.drop()
  }

  async #run<T>(task: (database: IDBPDatabase<BlobSchema>) => Promise<T>): Promise<T> {
    try {
      return await this.#connection.repeated(async () => task(await this.#connection.open()))
    } catch (error) {
      if (isOutOfSpace(error)) throw full(this.#connection.name, error)
      throw error instanceof DOMException ? failed(this.#connection.name, error, 'no') : error
    }
  }
}
