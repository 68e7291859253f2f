import type { Runtime } from 'millrace'
import type { Photo } from './photo.ts'

/** Cancels jobs that a stopped run left, if their photo was changed or went away since. */
export async function cancelStaleJobs(runtime: Runtime, photos: ReadonlyMap<string, Photo>): Promise<void> {
  for (const state of ['enqueued', 'processing', 'retrying'] as const) {
    let cursor: number | undefined
    do {
      const page = await runtime.jobs({ state, limit: 1000, ...(cursor !== undefined && { cursor }) })
      const stale = page.jobs.filter(({ key }) => !photos.has(key ?? ''))
      await Promise.all(
        stale.map(({ id }) => runtime.cancel(id, { reason: 'its photo changed or went away' })),
      )
      cursor = page.cursor
    } while (cursor !== undefined)
  }
}
