import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import type { Photo } from './photo.ts'
import { writeWhole } from './write-whole.ts'

export interface Thumbnail {
  /** Relative to the output folder, with slashes. */
  readonly file: string
  readonly width: number
  readonly height: number
}

const sizes = [200, 800, 1600]
const largest = 1600

/** Writes the photo as WebP in three sizes: it fits into a square of that many pixels, and is never enlarged. */
export async function makeThumbnails(input: string, output: string, photo: Photo): Promise<Thumbnail[]> {
  // The photo is decoded once; the smaller sizes are made from the largest.
  const { data, info } = await within(
    sharp(join(input, photo.path)).autoOrient().toColourspace('srgb'),
    largest,
  )
    .raw()
    .toBuffer({ resolveWithObject: true })
  const made: Thumbnail[] = []
  for (const size of sizes) {
    // Named by the key and not by the path: no name is too long, none leads out of the folder, no two are the same.
    const file = `thumbnails/${photo.key.slice(0, 2)}/${photo.key}-${size}.webp`
    const thumbnail = await within(sharp(data, { raw: info }), size)
      .webp()
      .toBuffer({ resolveWithObject: true })
    await writeWhole(output, file, thumbnail.data)
    made.push({ file, width: thumbnail.info.width, height: thumbnail.info.height })
  }
  return made
}

function within(image: Sharp, size: number): Sharp {
  return image.resize(size, size, { fit: 'inside', withoutEnlargement: true })
}
