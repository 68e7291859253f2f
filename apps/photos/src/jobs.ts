import { defineJob, type Runtime } from 'millrace'
import type { Gallery } from './gallery.ts'
import type { Photo } from './photo.ts'
import { scan, type Facts } from './scan.ts'
import { makeThumbnails, type Thumbnail } from './thumbnails.ts'

const perPhoto = {
  queue: 'photos',
  /** By this the jobs of one photo are found. */
  key: (photo: Photo) => photo.key,
  /** While a photo waits for a job, it is not put in line for it again. */
  unique: (photo: Photo) => ({ key: photo.key, onConflict: 'keep' as const }),
  // Ten, because a kill takes down all photos that are in work, and none of them is to blame.
  retry: { maxCrashes: 10 },
}

// The further a photo has come, the sooner it is finished: otherwise all would be scanned before one is published.
export const scanPhoto = defineJob<Photo>('photo.scan', { ...perPhoto, priority: 0 })
const shrinkPhoto = defineJob<Scanned>('photo.thumbnails', { ...perPhoto, priority: 1 })
export const publishPhoto = defineJob<Shrunk>('photo.publish', { ...perPhoto, priority: 2 })
export const queues = { photos: { ageing: Infinity } }

interface Scanned extends Photo {
  readonly facts: Facts
}

interface Shrunk extends Scanned {
  readonly thumbnails: readonly Thumbnail[]
}

export interface Place {
  readonly input: string
  readonly output: string
  readonly gallery: Gallery
}

/**
 * Each job enqueues the next one. Any of them may run more than once, after a crash for instance, and that does no harm:
 * what it writes is the same each time. An earlier run may have left jobs of photos that nobody wants any more.
 */
export function handlePhotos(runtime: Runtime, { input, output, gallery }: Place): void {
  runtime.handle(scanPhoto, async (photo, context) => {
    if (!gallery.wants(photo)) return
    const facts = await scan(input, photo)
    await context.enqueue(shrinkPhoto, { ...photo, facts })
  })
  runtime.handle(shrinkPhoto, async (photo, context) => {
    if (!gallery.wants(photo)) return
    const thumbnails = await makeThumbnails(input, output, photo)
    await context.enqueue(publishPhoto, { ...photo, thumbnails })
  })
  runtime.handle(publishPhoto, async ({ facts, thumbnails, ...photo }) => {
    if (!gallery.wants(photo)) return
    await gallery.publish(photo, { path: photo.path, bytes: photo.bytes, ...facts, thumbnails })
  })
}
