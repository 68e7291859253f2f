import fs from 'node:fs'
import { join } from 'node:path'
import { errorCodeOf, type Directory, type OpenFile } from './directory.ts'

// Windows knows no O_NOFOLLOW; `|` takes the missing flag for none.
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR } = fs.constants
const ownerOnly = 0o600

/** The real disk. */
export class NodeDirectory implements Directory {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  list(): string[] {
    return fs.readdirSync(this.path)
  }

  exists(name: string): boolean {
    return fs.existsSync(join(this.path, name))
  }

  create(name: string): OpenFile {
    return this.#open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
  }

  open(name: string): OpenFile {
    return this.#open(name, O_RDONLY | O_NOFOLLOW)
  }

  openToWrite(name: string): OpenFile {
    return this.#open(name, O_RDWR | O_NOFOLLOW)
  }

  link(existing: string, name: string): void {
    fs.linkSync(join(this.path, existing), join(this.path, name))
  }

  rename(from: string, to: string): void {
    fs.renameSync(join(this.path, from), join(this.path, to))
  }

  remove(name: string): void {
    fs.unlinkSync(join(this.path, name))
  }

  sync(): void {
    fsyncDirectory(this.path)
  }

  #open(name: string, flags: number): OpenFile {
    return new NodeFile(fs.openSync(join(this.path, name), flags, ownerOnly))
  }
}

export function fsyncDirectory(path: string): void {
  const handle = fs.openSync(path, O_RDONLY)
  try {
    fs.fsyncSync(handle)
  } catch (error) {
    // Windows has no flush for directories and says EPERM; its file system journals names on its own.
    if (process.platform !== 'win32' || errorCodeOf(error) !== 'EPERM') throw error
  } finally {
    fs.closeSync(handle)
  }
}

class NodeFile implements OpenFile {
  readonly #handle: number

  constructor(handle: number) {
    this.#handle = handle
  }

  size(): number {
    return fs.fstatSync(this.#handle).size
  }

  read(target: Uint8Array, position: number): number {
    return fs.readSync(this.#handle, target, 0, target.length, position)
  }

  write(bytes: Uint8Array, position: number): number {
    return fs.writeSync(this.#handle, bytes, 0, bytes.length, position)
  }

  truncate(size: number): void {
    fs.ftruncateSync(this.#handle, size)
  }

  sync(): void {
    fs.fdatasyncSync(this.#handle)
  }

  syncLater(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#handle, (error) => (error ? reject(error) : resolve()))
    })
  }

  close(): void {
    fs.closeSync(this.#handle)
  }
}
