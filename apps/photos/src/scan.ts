import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NonRetryable } from 'millrace'
import sharp from 'sharp'
import { differenceHash, hashHeight, hashWidth } from './difference-hash.ts'
import { claimedFormat } from './formats.ts'
import { missesItsEnd } from './missing-end.ts'
import type { Photo } from './photo.ts'

/** What the scan finds out about a photo. */
export interface Facts {
  readonly format: string
  /** Pixels, after the rotation that EXIF asks for. */
  readonly width: number
  readonly height: number
  /** Dominant colour, #rrggbb. */
  readonly colour: string
  /** Perceptual hash, 16 hex digits. */
  readonly hash: string
}

/** Looks at every pixel of a photo. A photo that is damaged, or is not what its name says, fails for good. */
export async function scan(input: string, photo: Photo): Promise<Facts> {
  const content = await readFile(join(input, photo.path))
  if (content.length === 0) throw new NonRetryable(`${photo.path}: empty`)
  try {
    return await look(content, photo)
  } catch (error) {
    if (error instanceof NonRetryable) throw error
    const [line = ''] = (error as Error).message.split('\n', 1)
    const reason = line.replace(/^Input buffer (contains|has) /, '')
    throw new NonRetryable(`${photo.path}: damaged, or no photo at all (${reason})`, { cause: error })
  }
}

async function look(content: Buffer, photo: Photo): Promise<Facts> {
  const { format, mediaType, autoOrient } = await sharp(content).metadata()
  const really = mediaType === 'image/avif' ? 'avif' : format
  if (really !== claimedFormat(photo.path)) {
    throw new NonRetryable(`${photo.path}: named like ${claimedFormat(photo.path)}, but it holds ${really}`)
  }
  if (missesItsEnd(content, really, autoOrient.width * autoOrient.height))
    throw new NonRetryable(`${photo.path}: damaged (it ends early)`)
  // Every pixel is decoded here, once: this is what finds most of what is damaged.
  const { data, info } = await sharp(content)
    .autoOrient()
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .resize(256, 256, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const small = sharp(data, { raw: info })
  const { dominant } = await small.stats()
  const grey = await small.greyscale().resize(hashWidth, hashHeight, { fit: 'fill' }).raw().toBuffer()
  return { format: really, ...autoOrient, colour: hexOf(dominant), hash: differenceHash(grey) }
}

function hexOf({ r, g, b }: { r: number; g: number; b: number }): string {
  return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
