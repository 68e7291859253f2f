import type { JobView, Runtime } from 'millrace'
import { messageOf } from './dead-photos.ts'
import { publishPhoto } from './jobs.ts'
import type { Photo } from './photo.ts'
import type { Report } from './report.ts'
import type { Tally } from './tally.ts'

/** Counts and reports what happens to the jobs of these photos. */
export function watchJobs(
  runtime: Runtime,
  photos: ReadonlyMap<string, Photo>,
  tally: Tally,
  report: Report,
): void {
  const ofPhotos = (look: (job: JobView, photo: Photo) => void) => (news: { readonly job: JobView }) => {
    const photo = photos.get(news.job.key ?? '')
    if (photo !== undefined) look(news.job, photo)
  }
  const completed = ofPhotos((job, { path }) => {
    report({ event: 'completed', job: job.name, path })
    if (job.name === publishPhoto.name) report({ event: 'progress', ...tally.progress })
  })
  const retrying = ofPhotos((job, photo) => {
    tally.retried += 1
    report({ event: 'retrying', job: job.name, path: photo.path, message: messageOf(job, photo) })
  })
  const dead = ofPhotos((job, photo) => {
    tally.dead += 1
    report({ event: 'dead', job: job.name, path: photo.path, message: messageOf(job, photo) })
    report({ event: 'progress', ...tally.progress })
  })
  runtime.on('completed', completed)
  runtime.on('retrying', retrying)
  runtime.on('dead', dead)
  runtime.on('error', ({ doing, error }) =>
    report({ event: 'trouble', message: `${doing}: ${String(error)}` }),
  )
}
