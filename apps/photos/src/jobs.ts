import { defineJob } from 'millrace'
import type { Photo } from './photo.ts'
import type { Facts } from './scan.ts'
import type { Thumbnail } from './thumbnails.ts'

/*
 * A chain: each job enqueues the next one. Any of them may run more than once, after a crash for instance, and that does
 * no harm: what it writes is the same each time. The first two keep a core busy each: their code is in photos.worker.ts.
 */

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
export const shrinkPhoto = defineJob<Scanned>('photo.thumbnails', { ...perPhoto, priority: 1 })
export const publishPhoto = defineJob<Shrunk>('photo.publish', { ...perPhoto, priority: 2 })
export const queues = { photos: { ageing: Infinity } }

interface Scanned extends Photo {
  readonly facts: Facts
}

interface Shrunk extends Scanned {
  readonly thumbnails: readonly Thumbnail[]
}
