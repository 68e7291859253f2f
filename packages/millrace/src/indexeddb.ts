/** `millrace/indexeddb`: the durable store for browsers, shared by all tabs. */
export {
  indexedDbStore,
  type BlobEntry,
  type BlobPlace,
  type IndexedDbStore,
  type IndexedDbStoreOptions,
} from '@millrace/store-indexeddb'
