import type { JobView, Runtime } from 'millrace'
import type { Photo } from './photo.ts'

/** A photo in the dead letters. */
export interface DeadPhoto {
  readonly key: string
  readonly path: string
  readonly job: string
  readonly message: string
}

type Photos = ReadonlyMap<string, Photo>

/** Those of these photos that are in the dead letters, in the order of their paths. */
export async function deadPhotos(runtime: Runtime, photos: Photos): Promise<DeadPhoto[]> {
  const dead = (await allDeadLetters(runtime)).flatMap((job) => {
    const photo = photos.get(job.key ?? '')
    return photo === undefined
      ? []
      : [{ key: photo.key, path: photo.path, job: job.name, message: messageOf(job, photo) }]
  })
  return dead.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/**
 * Discards dead letters of earlier runs: those of photos that changed or went away, and those that only failed too often,
 * since the disk may have room now, or the file may be readable. A damaged photo stays dead.
 */
export async function reviewDeadLetters(runtime: Runtime, photos: Photos): Promise<void> {
  for (const { id, key, reason } of await allDeadLetters(runtime)) {
    const isOver = reason !== 'exhausted' && photos.has(key ?? '')
    if (!isOver) await runtime.deadLetters.discard({ ids: [id] })
  }
}

/** What killed it, with the name of the photo. */
export function messageOf(job: JobView, { path }: Photo): string {
  const message = job.error?.message ?? job.reason ?? ''
  return message.includes(path) ? message : `${path}: ${message}`
}

async function allDeadLetters(runtime: Runtime): Promise<JobView[]> {
  const letters: JobView[] = []
  let cursor: number | undefined
  do {
    const page = await runtime.deadLetters.list({ limit: 1000, ...(cursor !== undefined && { cursor }) })
    letters.push(...page.jobs)
    cursor = page.cursor
  } while (cursor !== undefined)
  return letters
}
