import { join } from 'node:path'
import { createRuntime, type Runtime } from 'millrace'
import { fileStore } from 'millrace/file'
import { deadPhotos, reviewDeadLetters, type DeadPhoto } from './dead-photos.ts'
import { Gallery } from './gallery.ts'
import { publishPhoto, queues, scanPhoto } from './jobs.ts'
import type { Photo } from './photo.ts'
import { photosPool } from './pool.ts'
import { rateOf } from './progress.ts'
import type { Report, Summary } from './report.ts'
import { cancelStaleJobs } from './stale-jobs.ts'
import { Tally } from './tally.ts'
import { walk } from './walk.ts'
import { watchJobs } from './watch-jobs.ts'
import { sweep, writeWhole } from './write-whole.ts'

export interface Run {
  readonly input: string
  readonly output: string
  /** Photos in work at once, each in a thread of its own. */
  readonly concurrency: number
  readonly report: Report
  /** Resolves when the user wants to stop. */
  readonly interrupted: Promise<void>
}

/** Brings the gallery in the output folder up to date, and goes on where an earlier run ended, however it ended. */
export async function run({ input, output, concurrency, report, interrupted }: Run): Promise<Summary> {
  const startedAt = performance.now()
  // The store lets one process in at a time: from here on the output folder is ours.
  const store = fileStore({ directory: join(output, '.jobs') })
  await using runtime = await createRuntime({ store, queues })
  await sweep(output)

  const { photos, unreadable } = walk(input, output)
  const gallery = Gallery.open(output, photos)
  await gallery.write()
  await cancelStaleJobs(runtime, photos)
  await reviewDeadLetters(runtime, photos)
  const dead = await deadPhotos(runtime, photos)
  for (const message of unreadable) report({ event: 'unreadable', message })
  report({ event: 'found', photos: photos.size, published: gallery.size, dead: dead.length })

  const tally = new Tally(startedAt, photos.size, gallery, dead.length)
  watchJobs(runtime, photos, tally, report)
  report({ event: 'progress', ...tally.progress })
  // Here, and not in the pool, because one thread is to write the gallery.
  runtime.handle(publishPhoto, async ({ facts, thumbnails, ...photo }) => {
    await gallery.publish(photo, { path: photo.path, bytes: photo.bytes, ...facts, thumbnails })
  })
  await enqueueMissing(runtime, photos, gallery, dead)
  const workers = [runtime.work({ pool: photosPool({ input, output }, concurrency) }), runtime.work()]
  await Promise.race([runtime.drain(), interrupted.then(() => report({ event: 'stopping' }))])
  await Promise.all(workers.map((worker) => worker.stop({ drain: '10s' })))

  await gallery.write()
  const deadNow = await deadPhotos(runtime, photos)
  tally.dead = deadNow.length
  await writeWhole(output, 'dead-letters.json', `${JSON.stringify(deadNow, null, 2)}\n`)
  const summary = summaryOf(tally, output, unreadable.length)
  report({ event: 'summary', ...summary })
  return summary
}

function summaryOf(tally: Tally, output: string, unreadable: number): Summary {
  const { total, done, dead, elapsedMs } = tally.progress
  return {
    photos: total,
    completed: done - dead,
    completedNow: tally.publishedNow,
    retried: tally.retried,
    dead,
    unfinished: total - done,
    unreadable,
    seconds: elapsedMs / 1000,
    photosPerSecond: rateOf(tally.progress),
    gallery: join(output, 'gallery.json'),
    deadLetters: join(output, 'dead-letters.json'),
  }
}

/** Whatever is neither published nor dead is put in line, unless it still is from an earlier run. */
async function enqueueMissing(
  runtime: Runtime,
  photos: ReadonlyMap<string, Photo>,
  gallery: Gallery,
  dead: readonly DeadPhoto[],
): Promise<void> {
  const isDead = new Set(dead.map(({ key }) => key))
  const missing = [...photos.values()].filter((photo) => !gallery.has(photo) && !isDead.has(photo.key))
  while (missing.length > 0) await runtime.enqueueMany(scanPhoto, missing.splice(0, 1000))
}
