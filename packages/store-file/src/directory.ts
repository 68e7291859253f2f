/**
 * The one directory a store lives in: the few calls that are made to the disk, so that a simulated disk can stand here.
 * Failures are errors with Node's `code` (ENOSPC, EIO, EEXIST, ENOENT ...).
 */
export interface Directory {
  readonly path: string
  list(): string[]
  exists(name: string): boolean
  /** Creates a file that must not exist yet, for this user alone, to write and to read. */
  create(name: string): OpenFile
  /** Opens a file to read; a symbolic link is refused. */
  open(name: string): OpenFile
  /** Opens a file to add a mark to it; a symbolic link is refused. */
  openToWrite(name: string): OpenFile
  /** A second name for a file; fails with EEXIST when the name is taken, which makes it the one safe way to claim a name. */
  link(existing: string, name: string): void
  rename(from: string, to: string): void
  remove(name: string): void
  /** Makes creations, links, renames and removals durable. */
  sync(): void
}

export interface OpenFile {
  size(): number
  /** Answers how many bytes were there to read. */
  read(target: Uint8Array, position: number): number
  /** Answers how many bytes were written: fewer than asked, when space ran out. */
  write(bytes: Uint8Array, position: number): number
  truncate(size: number): void
  /** Makes content and size durable; blocks the thread until they are. */
  sync(): void
  /** The same, without blocking. */
  syncLater(): Promise<void>
  close(): void
}

export function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

export function isOutOfSpace(error: unknown): boolean {
  return outOfSpace.has(errorCodeOf(error))
}

/** Writes all of it; a write that lands short is tried again, so that the cause shows as an error. */
export function writeAll(file: OpenFile, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    const written = file.write(done === 0 ? bytes : bytes.subarray(done), position + done)
    if (written === 0) throw Object.assign(new Error('a write made no progress'), { code: 'ENOSPC' })
    done += written
  }
}

/** Answers fewer bytes than `length` where the file ends. */
export function readAt(file: OpenFile, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, file.size() - position)))
  let done = 0
  while (done < bytes.length) {
    const count = file.read(bytes.subarray(done), position + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}

/** Runs with an open file and closes it whatever happens. */
export function reading<T>(directory: Directory, name: string, use: (file: OpenFile) => T): T {
  const file = directory.open(name)
  try {
    return use(file)
  } finally {
    file.close()
  }
}

export function removeIfThere(directory: Directory, name: string): void {
  try {
    directory.remove(name)
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOENT') throw error
  }
}
