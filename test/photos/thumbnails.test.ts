import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { photoOf } from '../../apps/photos/src/photo.ts'
import { makeThumbnails } from '../../apps/photos/src/thumbnails.ts'
import { sweep } from '../../apps/photos/src/write-whole.ts'
import { temporaryFolder } from './temporary-folder.ts'

async function setup() {
  const root = temporaryFolder()
  const [input, output] = [join(root, 'in'), join(root, 'out')]
  mkdirSync(input)
  mkdirSync(output)
  await sweep(output)
  const make = async (name: string, width: number, height: number, orientation = 1) => {
    const image = sharp({ create: { width, height, channels: 3, background: '#356' } })
    await image.withMetadata({ orientation }).toFile(join(input, name))
    return makeThumbnails(input, output, photoOf(name, 1, 1))
  }
  return { output, make }
}

test('three sizes that fit into 200, 800 and 1600 pixels', async () => {
  const { output, make } = await setup()
  const made = await make('a.jpg', 2000, 1000)
  expect(made.map(({ width, height }) => [width, height])).toEqual([
    [200, 100],
    [800, 400],
    [1600, 800],
  ])
  for (const { file, width, height } of made) {
    expect(await sharp(readFileSync(join(output, file))).metadata()).toMatchObject({
      format: 'webp',
      width,
      height,
    })
  }
})

test('a small photo is not enlarged', async () => {
  const { make } = await setup()
  const made = await make('a.png', 300, 150)
  expect(made.map(({ width, height }) => [width, height])).toEqual([
    [200, 100],
    [300, 150],
    [300, 150],
  ])
})

test('a photo on its side is turned upright', async () => {
  const { make } = await setup()
  expect((await make('a.jpg', 400, 200, 6))[0]).toMatchObject({ width: 100, height: 200 })
})

test('photos that differ by their extension only do not meet', async () => {
  const { make } = await setup()
  const files = [...(await make('a.jpg', 10, 10)), ...(await make('a.png', 10, 10))].map(({ file }) => file)
  expect(new Set(files).size).toBe(6)
})

test('the longest name a file can have is no trouble', async () => {
  const { make } = await setup()
  expect(await make(`${'ü'.repeat(125)}.jpg`, 10, 10)).toHaveLength(3)
})

test('nothing half-written stays behind', async () => {
  const { output, make } = await setup()
  await make('a.jpg', 20, 20)
  expect(readdirSync(join(output, '.tmp'))).toEqual([])
})
