import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { walk } from '../../apps/photos/src/walk.ts'
import { temporaryFolder } from './temporary-folder.ts'

function setup(...paths: string[]) {
  const input = temporaryFolder()
  for (const path of paths) {
    mkdirSync(dirname(join(input, path)), { recursive: true })
    writeFileSync(join(input, path), path)
  }
  return { input, found: () => walk(input, join(input, 'out')) }
}

function paths({ photos }: ReturnType<typeof walk>): string[] {
  return [...photos.values()].map((photo) => photo.path)
}

test('photos are found in all folders, by their extension, in the order of their paths', () => {
  const { found } = setup(
    'b.JPG',
    'a/b/Übung 旅.jpeg',
    'a/x.png',
    'c.WebP',
    'd.avif',
    'e.gif',
    'f.tif',
    'g.tiff',
  )
  expect(paths(found())).toEqual([
    'a/b/Übung 旅.jpeg',
    'a/x.png',
    'b.JPG',
    'c.WebP',
    'd.avif',
    'e.gif',
    'f.tif',
    'g.tiff',
  ])
})

test('other files are left alone', () => {
  const { found } = setup('a.txt', 'jpg', '.jpg', 'a.jpg.txt', 'movie.mp4')
  expect(paths(found())).toEqual([])
})

test('the output folder is not entered', () => {
  const { found } = setup('a.jpg', 'out/b.jpg', 'out/thumbnails/c.webp', 'outing/d.jpg')
  expect(paths(found())).toEqual(['a.jpg', 'outing/d.jpg'])
})

test('links are not followed', () => {
  const { input, found } = setup('a/b.jpg')
  symlinkSync(input, join(input, 'a/loop'))
  symlinkSync(join(input, 'a/b.jpg'), join(input, 'c.jpg'))
  expect(paths(found())).toEqual(['a/b.jpg'])
})

test('a photo keeps its key until it is changed', () => {
  const { input, found } = setup('a.jpg', 'a.png', 'b/a.jpg')
  const keys = () => [...found().photos.keys()]
  const before = keys()
  expect(new Set(before).size).toBe(3)
  expect(keys()).toEqual(before)
  utimesSync(join(input, 'a.jpg'), 1, 1)
  writeFileSync(join(input, 'a.png'), 'longer than before')
  const after = keys()
  expect(after.map((key, index) => key === before[index])).toEqual([false, false, true])
})

test('a name that is no text is told, and the rest is found', () => {
  const { input, found } = setup('a.jpg')
  writeFileSync(Buffer.concat([Buffer.from(`${input}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.jpg')]), '')
  expect(paths(found())).toEqual(['a.jpg'])
  expect(found().unreadable).toEqual([expect.stringContaining('ENOENT')])
})
