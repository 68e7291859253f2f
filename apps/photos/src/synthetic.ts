import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

const folders = ['', 'Sommer 2024', 'Sommer 2024/Zürich', '旅行/京都', 'archive/2019/12']
const extensions = ['jpg', 'png', 'jpeg', 'webp', 'JPG', 'tiff', 'jpg', 'avif', 'jpg', 'gif']
const widths = [1920, 640, 2400, 150, 1280, 800, 3000, 1000]
const heights = [1280, 960, 1600, 120, 720, 1200, 2000]

/** Draws the same photos every time: gradients, shapes and grain, in all sizes and formats, some lying on their side. */
export async function drawPhotos(folder: string, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => savePhoto(folder, index)))
}

async function savePhoto(folder: string, index: number): Promise<void> {
  const extension = extensions[index % extensions.length]!
  const name = `photo ${String(index + 1).padStart(2, '0')}.${extension}`
  const path = join(folder, folders[index % folders.length]!, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, await drawPhoto(index, extension.toLowerCase()))
}

async function drawPhoto(index: number, extension: string): Promise<Buffer> {
  const width = widths[index % widths.length]!
  const height = heights[index % heights.length]!
  const image = sharp(Buffer.from(picture(index, width, height)))
    .flatten({ background: 'white' })
    .composite([{ input: await grain(index), tile: true, blend: 'soft-light' }])
  // Orientation 6: the camera was turned, so the photo has to be turned to be seen upright.
  if (extension === 'jpg' && index % 4 === 0) return image.withMetadata({ orientation: 6 }).jpeg().toBuffer()
  if (extension === 'avif') return image.avif({ effort: 0 }).toBuffer()
  return image.toFormat(extension === 'jpg' ? 'jpeg' : (extension as 'png')).toBuffer()
}

function picture(index: number, width: number, height: number): string {
  const next = draws(index)
  const colour = (): string =>
    `hsl(${Math.floor(next() * 360)}, ${40 + Math.floor(next() * 50)}%, ${30 + Math.floor(next() * 50)}%)`
  const shapes = Array.from({ length: 12 }, () => {
    const x = Math.floor(next() * width)
    const y = Math.floor(next() * height)
    const size = Math.floor((0.05 + next() * 0.25) * width)
    const fill = `fill="${colour()}" fill-opacity="0.7"`
    return next() < 0.5
      ? `<circle cx="${x}" cy="${y}" r="${size}" ${fill}/>`
      : `<rect x="${x}" y="${y}" width="${size}" height="${size}" ${fill} transform="rotate(${Math.floor(next() * 90)} ${x} ${y})"/>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <linearGradient id="sky" x2="${next().toFixed(2)}" y2="1"><stop stop-color="${colour()}"/><stop offset="1" stop-color="${colour()}"/></linearGradient>
    <rect width="100%" height="100%" fill="url(#sky)"/>${shapes.join('')}</svg>`
}

/** A tile of noise, so that the files are as hard to compress as photos. */
async function grain(index: number): Promise<Buffer> {
  const next = draws(index + 1_000_000)
  const side = 100
  const noise = Uint8Array.from({ length: side * side }, () => 96 + Math.floor(next() * 64))
  return sharp(noise, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer()
}

/** Numbers from 0 to 1 that follow from the seed alone (mulberry32). */
function draws(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
