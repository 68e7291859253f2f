import { indexedDbStore } from '@millrace/store-indexeddb'
import type { NewPlace } from '@millrace/store-spec'
import { deleteDB } from 'idb'

let places = 0

/** A name no database has yet. */
export function newName(): string {
  return `test-${Date.now().toString(36)}-${++places}`
}

export async function removeDatabases(name: string): Promise<void> {
  await Promise.all([deleteDB(name), deleteDB(`${name}.blobs`)])
}

export function newPlace(durability: 'strict' | 'relaxed'): NewPlace {
  return () => {
    const name = newName()
    return { open: () => indexedDbStore({ name, durability }), remove: () => removeDatabases(name) }
  }
}
