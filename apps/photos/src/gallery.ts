import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
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

// How far behind gallery.json may be while photos are published.
const rewriteEveryMs = 10_000

/**
 * What is published. A photo is published when its entry file is in `.entries`, named by the photo's key: there can be
 * only one, however often it is written. `gallery.json` is nothing but a list of these, and is made anew from them.
 */
export class Gallery {
  readonly #output: string
  readonly #entries = new Map<string, Entry>()
  #written: Promise<void> = Promise.resolve()
  #writtenAt = Date.now()

  private constructor(output: string) {
    this.#output = output
  }

  /** The gallery of these photos, with those of them that earlier runs published. */
  static open(output: string, photos: ReadonlyMap<string, Photo>): Gallery {
    const gallery = new Gallery(output)
    const folder = join(output, '.entries')
    mkdirSync(folder, { recursive: true })
    for (const name of readdirSync(folder)) {
      const key = basename(name, '.json')
      if (!photos.has(key)) continue
      // Synchronous, because nothing else is to be done yet, and it takes a tenth of the time.
      gallery.#entries.set(key, JSON.parse(readFileSync(join(folder, name), 'utf8')) as Entry)
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
    await writeWhole(this.#output, `.entries/${photo.key}.json`, JSON.stringify(entry))
    this.#entries.set(photo.key, entry)
    if (Date.now() - this.#writtenAt >= rewriteEveryMs) await this.write()
  }

  /** One write after the other, so that the newest list is the one that stays. */
  write(): Promise<void> {
    this.#writtenAt = Date.now()
    this.#written = this.#written.catch(() => {}).then(() => this.#write())
    return this.#written
  }

  async #write(): Promise<void> {
    const entries = [...this.#entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
    await writeWhole(this.#output, 'gallery.json', `${JSON.stringify(entries, null, 2)}\n`)
  }
}
