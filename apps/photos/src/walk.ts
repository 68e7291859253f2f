import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { claimedFormat } from './formats.ts'
import { photoOf, type Photo } from './photo.ts'

export interface Found {
  /** By their keys, in the order of their paths. */
  readonly photos: ReadonlyMap<string, Photo>
  /** Why some folders or files could not be looked at. */
  readonly unreadable: readonly string[]
}

/** Finds every photo under `input`. Links are not followed, and the output folder is not entered. */
export function walk(input: string, output: string): Found {
  const photos: Photo[] = []
  const unreadable: string[] = []
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = orNote(() => readdirSync(join(input, folder), { withFileTypes: true }), unreadable)
    for (const entry of entries ?? []) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && join(input, path) !== output) folders.push(path)
      if (!entry.isFile() || claimedFormat(path) === undefined) continue
      const status = orNote(() => statSync(join(input, path)), unreadable)
      if (status !== undefined) photos.push(photoOf(path, status.size, status.mtimeMs))
    }
  }
  photos.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { photos: new Map(photos.map((photo) => [photo.key, photo])), unreadable }
}

function orNote<T>(look: () => T, unreadable: string[]): T | undefined {
  try {
    return look()
  } catch (error) {
    unreadable.push((error as Error).message)
    return undefined
  }
}
