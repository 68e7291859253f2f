import type { DBSchema, IDBPDatabase } from 'idb'

/**
 * Version 1 for ever: a tab that is frozen cannot let go of a database, and would block an upgrade for as long. What the
 * records hold may change: `format` in the record `store` says which.
 */
export const schemaVersion = 1
export const format = 1

/** The newest whole snapshot: it holds all of the frames up to `through`. */
export interface Head {
  /** `through` and a random fraction: two tabs may each write one at the same time. */
  readonly number: number
  readonly through: number
  readonly pieces: number
  readonly bytes: number
}

export interface StoreRecord {
  readonly format: number
  /** Random: another one means that the database was deleted and made anew. */
  readonly id: string
}

export interface Schema extends DBSchema {
  /** Each is what one turn changed, or a part of it. Numbers rise by one and are never used twice. */
  readonly frames: { key: number; value: Uint8Array<ArrayBuffer> }
  /** Each piece of a snapshot is the payload of one frame. */
  readonly snapshots: { key: [number: number, piece: number]; value: Uint8Array<ArrayBuffer> }
  /** Long texts, by the number of the frame that brought them and their place in it. */
  readonly bodies: { key: [n: number, index: number]; value: string }
  readonly meta: { key: 'store' | 'head' | 'reserve'; value: StoreRecord | Head | Uint8Array<ArrayBuffer> }
}

export type Database = IDBPDatabase<Schema>

export function createSchema(database: Database): void {
  for (const name of ['frames', 'snapshots', 'bodies', 'meta'] as const) database.createObjectStore(name)
}
