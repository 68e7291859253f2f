import {
  createUploads,
  joinTabs,
  registerServiceWorker,
  type BlobPlace,
  uploadJob,
  workerClock,
  type Tab,
  type UploadJobOptions,
  type Uploads,
} from '@millrace/browser'
import { createRuntime, systemClock, type Clock, type JobView, type Runtime } from '@millrace/runtime'
import { indexedDbStore } from '@millrace/store-indexeddb'
import { sampleBytes } from '../sample-bytes.ts'

/** What a test sees of a job. */
export interface Seen {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly reason: string | undefined
  readonly error: string | undefined
  readonly log: readonly string[]
  readonly progress: number | undefined
  readonly failures: number
  readonly crashes: number
}

export type LabOptions = Partial<UploadJobOptions> & {
  readonly store?: string
  readonly concurrency?: number
  readonly token?: string
}

/** A page that uploads, with handles for a test. */
export class Lab {
  readonly runtime: Runtime
  readonly uploads: Uploads
  readonly tab: Tab
  readonly blobs: BlobPlace
  static token = ''

  private constructor(runtime: Runtime, uploads: Uploads, tab: Tab, blobs: BlobPlace) {
    this.runtime = runtime
    this.uploads = uploads
    this.tab = tab
    this.blobs = blobs
  }

  static async open(options: LabOptions): Promise<Lab> {
    const { store: name = 'lab', concurrency = 3, token = '', ...rest } = options
    Lab.token = token
    const store = await indexedDbStore({ name })
    const runtime = await createRuntime({ store })
    const job = uploadJob({
      endpoint: '/files',
      protocol: 'tus',
      chunkSize: 64 * 1024,
      headers: (): Record<string, string> => (Lab.token === '' ? {} : { Authorization: Lab.token }),
      ...rest,
    })
    const uploads = createUploads({ job, runtime, blobs: store.blobs })
    const tab = await joinTabs({ runtime, store, name })
    tab.work({ queues: { upload: 1 }, concurrency, gate: uploads.gate })
    return new Lab(runtime, uploads, tab, store.blobs)
  }

  async add(name: string, seed: number, size: number): Promise<string> {
    const { id } = await this.uploads.add(new File([sampleBytes(seed, size)], name))
    return id
  }

  async handOver(url: string): Promise<string> {
    const { drivenBy } = await registerServiceWorker({ url, name: 'lab', runtime: this.runtime })
    return drivenBy
  }

  /** How often a timer of 100 ms rang in three seconds: one of the page's, and one of a worker's. */
  static async rings(worker: string): Promise<{ readonly page: number; readonly worker: number }> {
    const clock = workerClock(() => new Worker(worker, { type: 'module' }))
    const counts = [count(systemClock()), count(clock)] as const
    await new Promise<void>((resolve) => clock.setTimer(3_000, resolve))
    clock.close()
    return { page: counts[0](), worker: counts[1]() }
  }

  async keys(): Promise<readonly string[]> {
    return (await this.blobs.keys()).map(({ key }) => key)
  }

  async seen(): Promise<readonly Seen[]> {
    const { jobs } = await this.runtime.jobs({ limit: 1_000 })
    return jobs.map(view)
  }
}

function count(clock: Clock): () => number {
  let rings = 0
  const ring = (): void => {
    rings++
    clock.setTimer(100, ring)
  }
  clock.setTimer(100, ring)
  return () => rings
}

function view(job: JobView): Seen {
  return {
    id: job.id,
    name: (job.payload as { name: string }).name,
    state: job.state,
    reason: job.reason,
    error: job.error?.message,
    log: job.log,
    progress: job.progress,
    failures: job.failures,
    crashes: job.crashes,
  }
}

Object.assign(globalThis, { Lab })

declare global {
  // Names the functions that tests run in the page see.
  var inPage: Lab
}
