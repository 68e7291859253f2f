import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Gallery, type Entry } from '../../apps/photos/src/gallery.ts'
import { photoOf } from '../../apps/photos/src/photo.ts'
import { sweep } from '../../apps/photos/src/write-whole.ts'
import { readGallery } from './photos-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const photos = ['c.jpg', 'ä/b.jpg', 'a.jpg'].map((path) => photoOf(path, 1, 1))

function entryOf(path: string): Entry {
  return { path, bytes: 1, format: 'jpeg', width: 1, height: 1, colour: '#000000', hash: '0', thumbnails: [] }
}

async function setup() {
  const output = temporaryFolder()
  await sweep(output)
  const open = (known = photos) => Gallery.open(output, new Map(known.map((photo) => [photo.key, photo])))
  return { output, gallery: open(), open }
}

test('an empty gallery is an empty list', async () => {
  const { output, gallery } = await setup()
  await gallery.write()
  expect(readGallery(output)).toEqual([])
})

test('published twice is in the gallery once, sorted by path', async () => {
  const { output, gallery } = await setup()
  for (const photo of [...photos, ...photos]) await gallery.publish(photo, entryOf(photo.path))
  await gallery.write()
  expect(readGallery(output).map((entry) => entry.path)).toEqual(['a.jpg', 'c.jpg', 'ä/b.jpg'])
  expect(readdirSync(join(output, '.entries'))).toHaveLength(3)
})

test('opened again it knows what was published, though gallery.json was never written', async () => {
  const { gallery, open } = await setup()
  await gallery.publish(photos[0]!, entryOf('c.jpg'))
  const again = open()
  expect(photos.map((photo) => again.has(photo))).toEqual([true, false, false])
  expect(again.size).toBe(1)
})

test('a photo that changed or went away is in the gallery no more', async () => {
  const { output, gallery, open } = await setup()
  await gallery.publish(photos[0]!, entryOf('c.jpg'))
  const changed = open([photoOf('c.jpg', 2, 2)])
  await changed.write()
  expect(readGallery(output)).toEqual([])
})

test('of many writes at once the newest stays', async () => {
  const { output, gallery } = await setup()
  const writes = photos.map(async (photo) => {
    await gallery.publish(photo, entryOf(photo.path))
    await gallery.write()
  })
  await Promise.all(writes)
  expect(readGallery(output)).toHaveLength(3)
  expect(readFileSync(join(output, 'gallery.json'), 'utf8')).toMatch(/\n$/)
})
