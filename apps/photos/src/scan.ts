import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { NonRetryable } from 'millrace'
import sharp from 'sharp'
import { differenceHash, hashHeight, hashWidth } from './difference-hash.ts'
import { claimedFormat } from './formats.ts'
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
  await checkFile(input, photo)
  try {
    return await look(join(input, photo.path), photo)
  } catch (error) {
    if (error instanceof NonRetryable) throw error
    const reason = (error as Error).message.split('\n', 1)[0]
    throw new NonRetryable(`${photo.path}: damaged, or no photo at all (${reason})`, { cause: error })
  }
}

async function look(file: string, photo: Photo): Promise<Facts> {
  const { format, mediaType, autoOrient } = await sharp(file).metadata()
  const really = mediaType === 'image/avif' ? 'avif' : format
  if (really !== claimedFormat(photo.path)) {
    throw new NonRetryable(`${photo.path}: named like ${claimedFormat(photo.path)}, but it holds ${really}`)
  }
  // Every pixel is decoded here, once: this is what finds a photo that ends early.
  const { data, info } = await sharp(file)
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

/** What can be told without decoding, and what decoding does not tell. */
async function checkFile(input: string, photo: Photo): Promise<void> {
  await using file = await open(join(input, photo.path))
  const { size } = await file.stat()
  if (size === 0) throw new NonRetryable(`${photo.path}: empty`)
  const { buffer: head } = await file.read(Buffer.alloc(12), 0, 12, 0)
  // The WebP decoder paints what is missing in grey and says nothing; the file's own header knows better.
  const isWebp = head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP'
  if (isWebp && head.readUInt32LE(4) + 8 > size)
    throw new NonRetryable(`${photo.path}: damaged (it ends early)`)
}

function hexOf({ r, g, b }: { r: number; g: number; b: number }): string {
  return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
