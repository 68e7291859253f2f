import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Photo } from './photo.ts'
import type { Facts } from './scan.ts'
import type { Thumbnail } from './thumbnails.ts'
import { writeWhole } from './write-whole.ts'

/** One photo in gallery.json. It holds nothing that depends on when or how often the photo was processed. */
export interface Entry extends Facts {
  readonly path: string
  readonly bytes: number
  readonly thumbnails: readonly Thumbnail[]
}

/**
 * What is published. A photo is published when its entry file is in `.entries`, named by the photo's key: there can be
 * only one, however often it is written. `gallery.json` is nothing but a list of these, and is made anew from them.
 */
export class Gallery {
  readonly #output: string
  readonly #entries = new Map<string, Entry>()

  private constructor(output: string) {
    this.#output = output
  }

  /** With what earlier runs published of these photos; what they published of others is left out. */
  static async open(output: string, photos: readonly Photo[]): Promise<Gallery> {
    await mkdir(join(output, '.entries'), { recursive: true })
    const there = new Set(await readdir(join(output, '.entries')))
    const gallery = new Gallery(output)
    for (const { key } of photos) {
      if (!there.has(`${key}.json`)) continue
      gallery.#entries.set(key, JSON.parse(await readFile(join(output, entryFile(key)), 'utf8')) as Entry)
    }
    return gallery
  }

  get size(): number {
    return this.#entries.size
  }

  has(photo: Photo): boolean {
    return this.#entries.has(photo.key)
  }

  async publish(photo: Photo, entry: Entry): Promise<void> {
    await writeWhole(this.#output, entryFile(photo.key), JSON.stringify(entry))
    this.#entries.set(photo.key, entry)
  }

  /** Not to be called again before it is done. */
  async write(): Promise<void> {
    const entries = [...this.#entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
    await writeWhole(this.#output, 'gallery.json', `${JSON.stringify(entries, null, 2)}\n`)
  }
}

function entryFile(key: string): string {
  return `.entries/${key}.json`
}
