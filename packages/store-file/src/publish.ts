import { randomBytes } from 'node:crypto'
import type { Directory, OpenFile } from './directory.ts'
import { temporarySuffix } from './file-names.ts'

/**
 * Makes a file appear whole or not at all: written and flushed under a name of chance, then linked to its own name,
 * which fails when that is taken (`EEXIST`), then the directory is flushed. Answers the file, still open.
 */
export function publish(directory: Directory, name: string, fill: (file: OpenFile) => void): OpenFile {
  const temporary = temporaryName()
  const file = directory.create(temporary)
  try {
    fill(file)
    file.sync()
    directory.link(temporary, name)
    removeLeftover(directory, temporary)
    directory.sync()
    return file
  } catch (error) {
    discard(directory, temporary, file)
    throw error
  }
}

/** The file has its name by now; a second one that stays is removed at the next open. */
export function removeLeftover(directory: Directory, temporary: string): void {
  try {
    directory.remove(temporary)
  } catch {
    // As said above.
  }
}

export function temporaryName(): string {
  return `${randomBytes(8).toString('hex')}${temporarySuffix}`
}

/** Clears up after a failure; what cannot be removed now is removed at the next open. */
export function discard(directory: Directory, temporary: string, file: OpenFile): void {
  try {
    file.close()
    if (directory.exists(temporary)) directory.remove(temporary)
  } catch {
    // The failure that led here is the one to tell.
  }
}
