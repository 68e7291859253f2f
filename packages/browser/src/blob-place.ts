import type { Millis } from '@millrace/core'

/** Where the bytes of uploads wait, apart from their jobs: `store.blobs` of an IndexedDB store. */
export interface BlobPlace {
  /** Durable when it resolves; `STORE_FULL` without room. */
  put(key: string, blob: Blob): Promise<void>
  get(key: string): Promise<Blob | undefined>
  delete(keys: readonly string[]): Promise<void>
  /** `at`: when it was put, in milliseconds since 1970. */
  keys(): Promise<readonly { readonly key: string; readonly at: Millis }[]>
}
