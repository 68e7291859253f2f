import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NonRetryable } from 'millrace'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { photoOf } from '../../apps/photos/src/photo.ts'
import { scan } from '../../apps/photos/src/scan.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Half red sky, half blue sea, with some structure to hash. */
function picture(width = 300, height = 200) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#cc2020"/><rect y="70%" width="100%" height="30%" fill="#2020cc"/>
    <circle cx="30%" cy="40%" r="20%" fill="#ffee00"/></svg>`
  return sharp(Buffer.from(svg)).flatten({ background: 'white' })
}

function setup() {
  const input = temporaryFolder()
  const scanned = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(input, name), content)
    const { size, mtimeMs } = statSync(join(input, name))
    return scan(input, photoOf(name, size, mtimeMs))
  }
  return { input, scanned }
}

function distance(a: string, b: string): number {
  return (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length
}

const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const

test.for(formats)('a %s: dimensions, dominant colour and hash', async (format) => {
  const { scanned } = setup()
  const facts = await scanned(`a.${format}`, await picture().toFormat(format).toBuffer())
  expect(facts).toMatchObject({ format, width: 300, height: 200 })
  expect(facts.colour).toMatch(/^#[c-d][0-9a-f][12][0-9a-f][12][0-9a-f]$/)
  expect(facts.hash).toMatch(/^[0-9a-f]{16}$/)
})

test.for(formats)('a %s cut off at 10, 50 or 95 percent fails for good and is named', async (format) => {
  const { scanned } = setup()
  const whole = await picture(1200, 800).toFormat(format).toBuffer()
  for (const share of [0.1, 0.5, 0.95]) {
    const cut = scanned(`cut.${format}`, whole.subarray(0, Math.floor(whole.length * share)))
    await expect(cut).rejects.toBeInstanceOf(NonRetryable)
    await expect(cut).rejects.toThrow(/^cut\.\w+: damaged/)
  }
})

/** Dense to its last byte: the shortest codes, which zeros are, never fill so much of the picture. */
function noise(width = 1200, height = 800) {
  const raw = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * index * 7919) >>> 7)
  return sharp(raw, { raw: { width, height, channels: 3 } })
}

const kinds = {
  'baseline JPEG': ['a.jpg', () => noise().jpeg({ quality: 100 })],
  'progressive JPEG': ['a.jpg', () => noise().jpeg({ quality: 100, progressive: true })],
  PNG: ['a.png', () => noise().png()],
  WebP: ['a.webp', () => noise().webp()],
  'lossless WebP': ['a.webp', () => noise().webp({ lossless: true })],
  AVIF: ['a.avif', () => noise().avif({ effort: 0 })],
  GIF: ['a.gif', () => noise().gif()],
  TIFF: ['a.tif', () => noise().tiff()],
} as const

test.for(Object.entries(kinds))('a %s that ends in zeros fails for good', async ([, [name, make]]) => {
  const { scanned } = setup()
  const whole = await make().toBuffer()
  await scanned(name, whole)
  for (const share of [0.1, 0.5, 0.9, 0.98]) {
    const zeroed = Buffer.from(whole).fill(0, Math.floor(whole.length * share))
    await expect(scanned(name, zeroed), `${share}`).rejects.toThrow(/^a\.\w+: damaged/)
  }
})

test('what stands behind the end of a JPEG is no damage', async () => {
  const { scanned } = setup()
  const jpeg = await picture().withMetadata().jpeg({ progressive: true }).toBuffer()
  for (const behind of [Buffer.alloc(5000), jpeg, Buffer.from('a trailer')])
    expect(await scanned('a.jpg', Buffer.concat([jpeg, behind]))).toMatchObject({ width: 300 })
})

test.for(['#000', '#ffffff', '#335566'])(
  'a WebP all in %s is no damage, though it ends in zeros',
  async (background) => {
    const { scanned } = setup()
    const flat = sharp({ create: { width: 4000, height: 3000, channels: 3, background } })
    expect(await scanned('a.webp', await flat.webp({ effort: 0 }).toBuffer())).toMatchObject({ width: 4000 })
  },
)

test('a photo lying on its side has the dimensions it is seen with', async () => {
  const { scanned } = setup()
  const turned = await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer()
  expect(await scanned('a.jpg', turned)).toMatchObject({ width: 200, height: 300 })
})

test('copies, scaled or recompressed, have nearly the same hash, and a mirror image has not', async () => {
  const { scanned } = setup()
  const { hash } = await scanned('a.png', await picture().png().toBuffer())
  const small = await scanned('b.jpg', await picture().resize(120).jpeg({ quality: 40 }).toBuffer())
  const mirrored = await scanned('c.png', await picture().flop().png().toBuffer())
  expect(distance(hash, small.hash)).toBeLessThanOrEqual(6)
  expect(distance(hash, mirrored.hash)).toBeGreaterThan(10)
})

test.for([
  ['empty.jpg', '', 'empty.jpg: empty'],
  ['text.png', 'these are only words', 'text.png: damaged, or no photo at all (unsupported image format)'],
  [
    'drawing.png',
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    'drawing.png: named like png, but it holds svg',
  ],
] as const)('%s fails for good and is named', async ([name, content, message]) => {
  const { scanned } = setup()
  await expect(scanned(name, content)).rejects.toThrow(message)
  await expect(scanned(name, content)).rejects.toBeInstanceOf(NonRetryable)
})

test('a photo under the name of another format fails for good', async () => {
  const { scanned } = setup()
  const jpeg = await picture().jpeg().toBuffer()
  await expect(scanned('a.png', jpeg)).rejects.toThrow('a.png: named like png, but it holds jpeg')
})

test('a photo that cannot be opened now is no dead letter yet', async () => {
  const { input } = setup()
  const attempt = scan(input, photoOf('gone.jpg', 1, 1))
  await expect(attempt).rejects.toThrow('gone.jpg')
  await expect(attempt).rejects.not.toBeInstanceOf(NonRetryable)
})

test.for(['16-bit', 'grey', 'transparent', 'CMYK'])(
  'a %s photo has a colour and a hash too',
  async (kind) => {
    const { scanned } = setup()
    const make = {
      '16-bit': () => picture().toColourspace('rgb16').png(),
      grey: () => picture().greyscale().jpeg(),
      transparent: () => picture().ensureAlpha(0.5).webp(),
      CMYK: () => picture().toColourspace('cmyk').jpeg(),
    }[kind]!
    const name = { '16-bit': 'a.png', grey: 'a.jpg', transparent: 'a.webp', CMYK: 'a.jpg' }[kind]!
    expect(await scanned(name, await make().toBuffer())).toMatchObject({
      width: 300,
      colour: expect.stringMatching(/^#[0-9a-f]{6}$/),
    })
  },
)
