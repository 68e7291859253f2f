import { Worker } from 'node:worker_threads'
import { workerPool, type WorkerPool } from 'millrace/pool'
// Its native part must be loaded by the main thread first, or it is unloaded under the feet of the workers that are left.
import 'sharp'

export interface Folders {
  readonly input: string
  readonly output: string
}

/** Threads that scan and shrink photos: one to begin with, more as photos wait. */
export function photosPool(workerData: Folders, most: number): WorkerPool {
  return workerPool({
    create: () => new Worker(new URL('./photos.worker.ts', import.meta.url), { workerData }),
    size: { min: 1, max: most },
    spares: 0,
  })
}
