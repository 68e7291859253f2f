import { createRuntime, defineJob, NonRetryable } from 'millrace'
import { memoryStore } from 'millrace/memory'
import { expect, onTestFinished, test } from 'vitest'
import { deadPhotos, reviewDeadLetters } from '../../apps/photos/src/dead-photos.ts'
import { photoOf, type Photo } from '../../apps/photos/src/photo.ts'

const fail = defineJob<Photo>('fail', { key: (photo) => photo.key, retry: { maxFailures: 1 } })

/** A runtime in whose dead letters these photos are; those named `broken` for good. */
async function setup(...paths: string[]) {
  const runtime = await createRuntime({ store: memoryStore() })
  onTestFinished(() => runtime.close())
  runtime.handle(fail, ({ path }) => {
    throw path.startsWith('broken') ? new NonRetryable(`${path}: empty`) : new Error('no space left')
  })
  const photos = paths.map((path) => photoOf(path, 1, 1))
  await runtime.enqueueMany(fail, photos)
  const worker = runtime.work()
  await runtime.drain()
  await worker.stop()
  return { runtime, photos: new Map(photos.map((photo) => [photo.key, photo])) }
}

test('dead photos come in the order of their paths, and every message names its photo', async () => {
  const { runtime, photos } = await setup('b.jpg', 'broken.jpg', 'a.jpg')
  const dead = await deadPhotos(runtime, photos)
  expect(dead.map(({ message }) => message)).toEqual([
    'a.jpg: no space left',
    'b.jpg: no space left',
    'broken.jpg: empty',
  ])
})

test('dead letters of other photos are not ours', async () => {
  const { runtime, photos } = await setup('a.jpg', 'b.jpg')
  const [[key, photo]] = [...photos] as [[string, Photo]]
  expect((await deadPhotos(runtime, new Map([[key, photo]]))).map(({ path }) => path)).toEqual(['a.jpg'])
})

test('a review leaves what is broken for good, and nothing else', async () => {
  const { runtime, photos } = await setup('a.jpg', 'broken.jpg', 'broken too.jpg')
  const [, , [gone]] = [...photos] as [unknown, unknown, [string, Photo]]
  photos.delete(gone)
  await reviewDeadLetters(runtime, photos)
  const { jobs } = await runtime.deadLetters.list()
  expect(jobs.map((job) => job.error?.message)).toEqual(['broken.jpg: empty'])
})

test('more dead letters than one page are all looked at', async () => {
  const { runtime, photos } = await setup(...Array.from({ length: 1001 }, (_, index) => `${index}.jpg`))
  expect(await deadPhotos(runtime, photos)).toHaveLength(1001)
  await reviewDeadLetters(runtime, photos)
  expect(await deadPhotos(runtime, photos)).toEqual([])
})
