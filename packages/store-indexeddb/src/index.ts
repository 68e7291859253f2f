/** The IndexedDB store: the table with a log in the browser's database. */
export { type BlobEntry, type BlobPlace } from './blob-place.ts'
export { indexedDbStore, type IndexedDbStore, type IndexedDbStoreOptions } from './indexed-db-store.ts'
