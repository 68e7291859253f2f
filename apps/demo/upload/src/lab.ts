import { signal } from '@preact/signals'
import { createRuntime, type Runtime } from 'millrace'
import { createUploads, joinTabs, uploadJob, workerClock, type Tab, type Uploads } from 'millrace/browser'
import { indexedDbStore } from 'millrace/indexeddb'
import { follow } from './look.ts'

const name = 'upload-lab'

export const gate = signal<Uploads['gate']['status']>('suspect')
/** Files that found no room in this browser: not kept, so that the user must hear of it. */
export const refused = signal<readonly File[]>([])

export interface Lab {
  readonly runtime: Runtime
  readonly uploads: Uploads
  readonly tab: Tab
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
  const tellGate = (): void => void (gate.value = uploads.gate.status)
  uploads.gate.onChange(tellGate)
  tellGate()
  follow(runtime)
  const tab = await joinTabs({ runtime, store, name, clock })
  tab.work({ queues: { upload: 1 }, concurrency: 3, gate: uploads.gate })
  void uploads.sweep()
  return { runtime, uploads, tab, promise: runtime.guarantee.promise }
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
