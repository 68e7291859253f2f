export interface BlobEntry {
  readonly key: string
  /** When it was put: milliseconds since 1970. */
  readonly at: number
}

/** Large bytes that jobs refer to, each stored once, in a database of their own: writing one does not hold up the jobs. */
export interface BlobPlace {
  /** Durable when it resolves; rejects with STORE_FULL when there is no room. Put it before the job that names it. */
  put(key: string, blob: Blob): Promise<void>
  get(key: string): Promise<Blob | undefined>
  delete(keys: readonly string[]): Promise<void>
  /** All keys, for whoever sweeps those that no job names. */
  keys(): Promise<readonly BlobEntry[]>
}
