import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test, vi } from 'vitest'
import { eventsOf, readGallery, runPhotos, startPhotos } from './photos-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

// A loaded machine may take many times as long as an idle one.
vi.setConfig({ testTimeout: 120_000 })

const good = [
  'a.jpg',
  'a.png',
  'Sommer/Zürich/b c.webp',
  '旅行/京都.gif',
  'deep/er/and/deeper/x.TIFF',
  'y.avif',
]

async function picture(path: string): Promise<Buffer> {
  const format = path.split('.').at(-1)!.toLowerCase() as 'png'
  const background = { r: path.length * 9, g: 80, b: 120 }
  return sharp({ create: { width: 320, height: 200, channels: 3, background } })
    .toFormat(format)
    .toBuffer()
}

async function setup(photos: readonly string[] = good) {
  const root = temporaryFolder()
  const [input, output] = [join(root, 'in'), join(root, 'out')]
  mkdirSync(input)
  const put = (path: string, content: Uint8Array | string) => {
    mkdirSync(dirname(join(input, path)), { recursive: true })
    writeFileSync(join(input, path), content)
  }
  for (const path of photos) put(path, await picture(path))
  return { root, input, output, put }
}

function paths(output: string): string[] {
  return readGallery(output).map((entry) => entry.path)
}

/** Photos that take some time: enough to be stopped in between. */
async function setupMany(count: number, width = 600) {
  const { put, ...rest } = await setup([])
  const height = width / 2
  const noise = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 7919) % 251)
  const photo = await sharp(noise, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer()
  const names = Array.from({ length: count }, (_, index) => `${String(index).padStart(3, '0')}.jpg`)
  for (const name of names) put(name, photo)
  return { ...rest, put, names }
}

test('good photos are published once, bad ones become dead letters that name them', async () => {
  const { input, output, put } = await setup()
  const jpeg = await picture('a.jpg')
  put('bad/cut off.jpg', jpeg.subarray(0, jpeg.length / 2))
  put('bad/empty.webp', '')
  put('bad/wörter.png', 'these are only words')
  put('notes.txt', 'not a photo')
  const { code, stdout, stderr } = await runPhotos(input, output)
  expect(stderr).toBe('')
  expect(code).toBe(3)
  expect(paths(output)).toEqual([...good].sort())
  const letters = JSON.parse(readFileSync(join(output, 'dead-letters.json'), 'utf8')) as {
    path: string
    message: string
  }[]
  expect(letters.map((letter) => letter.path)).toEqual([
    'bad/cut off.jpg',
    'bad/empty.webp',
    'bad/wörter.png',
  ])
  for (const { path, message } of letters) {
    expect(message).toContain(path)
    expect(stdout).toContain(message)
  }
  expect(stdout).toContain('6 of 9 photos completed, 0 retried, 3 dead')
  expect(stdout).toContain(join(output, 'dead-letters.json'))
})

test('every entry tells what the photo is, and its thumbnails are there', async () => {
  const { input, output } = await setup(['a.jpg'])
  expect((await runPhotos(input, output)).code).toBe(0)
  const [entry] = readGallery(output)
  expect(entry).toMatchObject({ path: 'a.jpg', format: 'jpeg', width: 320, height: 200 })
  expect(entry!.thumbnails.map(({ width, height }) => [width, height])).toEqual([
    [200, 125],
    [320, 200],
    [320, 200],
  ])
  for (const { file } of entry!.thumbnails)
    expect((await sharp(join(output, file)).metadata()).format).toBe('webp')
})

test('a second run finds nothing to do and changes nothing', async () => {
  const { input, output, put } = await setup()
  put('empty.jpg', '')
  await runPhotos(input, output)
  const before = readFileSync(join(output, 'gallery.json'), 'utf8')
  const again = await runPhotos(input, output, '--json')
  expect(again.code).toBe(3)
  expect(eventsOf(again).filter(({ event }) => event === 'completed')).toEqual([])
  expect(eventsOf(again).at(-1)).toMatchObject({ event: 'summary', completed: 6, completedNow: 0, dead: 1 })
  expect(readFileSync(join(output, 'gallery.json'), 'utf8')).toBe(before)
})

test('a photo that was mended, added or removed since is taken as it is now', async () => {
  const { input, output, put } = await setup(['a.jpg', 'b.jpg'])
  put('c.jpg', '')
  expect((await runPhotos(input, output)).code).toBe(3)
  put('c.jpg', await picture('c.jpg'))
  put('d.png', await picture('d.png'))
  put('b.jpg', await picture('another.jpg'))
  const again = await runPhotos(input, output, '--json')
  expect(again.code).toBe(0)
  expect(eventsOf(again).at(-1)).toMatchObject({
    event: 'summary',
    photos: 4,
    completed: 4,
    completedNow: 3,
    dead: 0,
  })
  expect(paths(output)).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'd.png'])
})

test('an empty folder is an empty gallery', async () => {
  const { input, output } = await setup([])
  const { code, stdout } = await runPhotos(input, output)
  expect(code).toBe(0)
  expect(paths(output)).toEqual([])
  expect(stdout).toContain('0 of 0 photos completed')
})

test('the output folder may be inside the input folder', async () => {
  const { input } = await setup(['a.jpg'])
  const output = join(input, 'gallery')
  for (const round of [1, 2]) expect((await runPhotos(input, output)).code, `round ${round}`).toBe(0)
  expect(paths(output)).toEqual(['a.jpg'])
  expect(readdirSync(input).sort()).toEqual(['a.jpg', 'gallery'])
})

test('--json prints nothing but one JSON object per line', async () => {
  const { input, output } = await setup(['a.jpg'])
  const finished = await runPhotos(input, output, '--json')
  const events = eventsOf(finished)
  expect(events).toHaveLength(finished.stdout.trimEnd().split('\n').length)
  expect([events[0], events.at(-1)]).toMatchObject([{ event: 'found' }, { event: 'summary' }])
  const completed = events.filter(({ event }) => event === 'completed').map(({ job }) => job)
  // A job enqueues the next one before it ends itself.
  expect(new Set(completed)).toEqual(new Set(['photo.scan', 'photo.thumbnails', 'photo.publish']))
  expect(completed).toHaveLength(3)
})

test.for([
  [['no such folder', 'out'], 'the input folder "no such folder" does not exist'],
  [['.'], 'the output folder is missing'],
  [['.', 'out', '--concurrency', 'x'], '--concurrency takes a whole number'],
  [['--jsn'], "Unknown option '--jsn'"],
] as const)('wrong arguments %j: exit code 2 and one sentence', async ([words, sentence]) => {
  const { code, stdout, stderr } = await runPhotos(...words)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(sentence)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
})

test('--help tells the exit codes', async () => {
  const { code, stdout } = await runPhotos('--help')
  expect(code).toBe(0)
  expect(stdout).toContain('Exit codes: 0 all done, 3 done with dead letters, 2 wrong arguments')
})

test('SIGINT finishes what is in work, and the next run does the rest', async () => {
  const { input, output, names } = await setupMany(30)
  const { child, finished, printed } = startPhotos(input, output, '--json', '--concurrency', '2')
  await printed('"job":"photo.publish"')
  child.kill('SIGINT')
  const { code } = await finished
  expect(code).toBe(130)
  const done = paths(output)
  expect(done.length).toBeGreaterThan(0)
  expect(done.length).toBeLessThan(30)
  const again = await runPhotos(input, output, '--json')
  expect(again.code).toBe(0)
  expect(paths(output)).toEqual(names)
  expect(eventsOf(again).at(-1)).toMatchObject({ completedNow: 30 - done.length, retried: 0, dead: 0 })
})

test('the second SIGINT ends it at once', async () => {
  const { input, output } = await setupMany(2, 3000)
  const { child, finished, printed } = startPhotos(input, output, '--json', '--concurrency', '1')
  await printed('"job":"photo.scan"')
  child.kill('SIGINT')
  await printed('"event":"stopping"')
  child.kill('SIGINT')
  expect(await finished).toMatchObject({ signal: 'SIGINT' })
})

test('killed four times with -9 and started again, the gallery is the one of an undisturbed run', async () => {
  const { root, input, output, names } = await setupMany(30)
  expect((await runPhotos(input, join(root, 'undisturbed'))).code).toBe(0)
  for (let kill = 1; kill <= 4; kill++) {
    const { child, finished, printed } = startPhotos(input, output, '--json', '--concurrency', '2')
    await printed('"job":"photo.publish"')
    child.kill('SIGKILL')
    expect((await finished).signal, `kill ${kill}`).toBe('SIGKILL')
    expect(names).toEqual(expect.arrayContaining(paths(output)))
  }
  const last = await runPhotos(input, output)
  expect(last).toMatchObject({ code: 0, stderr: '' })
  expect(readFileSync(join(output, 'gallery.json'))).toEqual(
    readFileSync(join(root, 'undisturbed/gallery.json')),
  )
})

test('jobs of photos that changed or went away while nothing ran are cancelled', async () => {
  const { input, output, put, names } = await setupMany(30)
  const { child, finished, printed } = startPhotos(input, output, '--json', '--concurrency', '2')
  await printed('"job":"photo.thumbnails"')
  child.kill('SIGKILL')
  await finished
  put('029.jpg', await picture('another.jpg'))
  for (const name of ['000.jpg', '028.jpg']) rmSync(join(input, name))
  const again = await runPhotos(input, output, '--json')
  expect(again.code).toBe(0)
  expect(paths(output)).toEqual(names.filter((name) => name !== '000.jpg' && name !== '028.jpg'))
  expect(eventsOf(again).at(-1)).toMatchObject({ retried: 0, dead: 0 })
})

test('a run without arguments tells at once how to go on, and goes on with it after a kill', async () => {
  const { child, finished, printed } = startPhotos('--json')
  await printed('"job":"photo.publish"')
  child.kill('SIGKILL')
  const [drawing] = eventsOf(await finished)
  const { input, output, command } = drawing as Record<'input' | 'output' | 'command', string>
  onTestFinished(() => rmSync(dirname(input), { recursive: true }))
  expect(command).toBe(`npm run photos -- ${input} ${output}`)
  expect((await runPhotos(input, output)).code).toBe(0)
  expect(readGallery(output)).toHaveLength(60)
})
