import { signal } from '@preact/signals'
import { createRuntime, type JobView, type Runtime } from 'millrace'
import { createUploads, joinTabs, uploadJob, workerClock, type Uploads } from 'millrace/browser'
import { indexedDbStore } from 'millrace/indexeddb'

const name = 'upload-lab'
const shown = ['processing', 'retrying', 'scheduled', 'enqueued', 'blocked', 'dead', 'completed'] as const

/** What the page shows: the truth is in the store, this is the last look at it. */
export const files = signal<readonly JobView[]>([])
export const gate = signal<Uploads['gate']['status']>('suspect')
export const opensInMs = signal(Infinity)
export const isPaused = signal(false)
/** Files that found no room in this browser: not kept, so that the user must hear of it. */
export const refused = signal<readonly File[]>([])

export interface Lab {
  readonly runtime: Runtime
  readonly uploads: Uploads
  readonly promise: string
}

/** Opens the store, joins the other tabs, and goes on with whatever waits. */
export async function openLab(): Promise<Lab> {
  const store = await indexedDbStore({ name })
  const clock = workerClock(
    () => new Worker(new URL('./timers.worker.ts', import.meta.url), { type: 'module' }),
  )
  const runtime = await createRuntime({
    store,
    clock,
    queues: { upload: { concurrency: 3, retention: { completed: { count: 20 } } } },
  })
  const job = uploadJob({ endpoint: '/files', protocol: 'tus', chunkSize: 256 * 1024, stall: '5s' })
  const uploads = createUploads({ job, runtime, blobs: store.blobs })
  follow(runtime, uploads)
  const tab = await joinTabs({ runtime, store, name, clock })
  tab.work({ queues: { upload: 1 }, concurrency: 3, gate: uploads.gate })
  void uploads.sweep()
  return { runtime, uploads, promise: runtime.guarantee.promise }
}

/** What cannot be kept is named, and nothing of it is lost silently. */
export async function addFiles({ uploads }: Lab, list: Iterable<File>): Promise<void> {
  for (const file of list) {
    try {
      await uploads.add(file)
    } catch {
      refused.value = [...refused.value, file]
    }
  }
}

function follow(runtime: Runtime, uploads: Uploads): void {
  let isLooking = false
  let isStale = false
  const look = async (): Promise<void> => {
    isStale = true
    if (isLooking) return
    isLooking = true
    while (isStale) {
      isStale = false
      await refresh(runtime)
    }
    isLooking = false
  }
  const types = [
    'enqueued',
    'started',
    'progress',
    'completed',
    'retrying',
    'snoozed',
    'released',
    'dead',
    'cancelled',
    'redriven',
  ] as const
  for (const type of types) runtime.on(type, () => void look())
  // Other tabs are heard only as far as they wake us.
  setInterval(() => void look(), 500)
  const tell = (): void => {
    gate.value = uploads.gate.status
    opensInMs.value = uploads.gate.opensInMs
  }
  uploads.gate.onChange(tell)
  tell()
  void look()
}

async function refresh(runtime: Runtime): Promise<void> {
  const pages = await Promise.all(shown.map((state) => runtime.jobs({ queue: 'upload', state, limit: 100 })))
  files.value = pages.flatMap(({ jobs }) => jobs)
  isPaused.value = (await runtime.counts()).some(({ queue, paused }) => queue === 'upload' && paused)
}
