import { workerData } from 'node:worker_threads'
import { serveJobs } from 'millrace/pool'
import sharp from 'sharp'
import { publishPhoto, scanPhoto, shrinkPhoto } from './jobs.ts'
import type { Folders } from './pool.ts'
import { scan } from './scan.ts'
import { makeThumbnails } from './thumbnails.ts'

const { input, output } = workerData as Folders

// There is a worker for each core already; otherwise each of them would start threads for all cores again.
sharp.concurrency(1)

serveJobs([
  scanPhoto.implement(async (photo, context) => {
    const facts = await scan(input, photo)
    await context.enqueue(shrinkPhoto, { ...photo, facts })
  }),
  shrinkPhoto.implement(async (photo, context) => {
    const thumbnails = await makeThumbnails(input, output, photo)
    await context.enqueue(publishPhoto, { ...photo, thumbnails })
  }),
])
