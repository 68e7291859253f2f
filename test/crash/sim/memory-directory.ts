import type { Directory, OpenFile } from '../../../packages/store-file/src/directory.ts'

/** Files to look at only: as cheap as it can be, since a million of them are looked at. */
export function memoryDirectory(files: ReadonlyMap<string, Uint8Array>): Directory {
  const open = (name: string): OpenFile => {
    const bytes = files.get(name)
    if (!bytes) throw Object.assign(new Error(`ENOENT: ${name}`), { code: 'ENOENT' })
    return {
      size: () => bytes.length,
      read: (target, position) => {
        const count = Math.max(0, Math.min(target.length, bytes.length - position))
        target.set(bytes.subarray(position, position + count))
        return count
      },
      write: forbidden,
      truncate: forbidden,
      sync: forbidden,
      syncLater: forbidden,
      close: () => {},
    }
  }
  return {
    path: '(image)',
    list: () => [...files.keys()],
    exists: (name) => files.has(name),
    open,
    create: forbidden,
    openToWrite: forbidden,
    link: forbidden,
    rename: forbidden,
    remove: forbidden,
    sync: forbidden,
  }
}

function forbidden(): never {
  throw new Error('recovery changed something before it knew that it may')
}
