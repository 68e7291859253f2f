import type { Runtime } from '@millrace/runtime'
import { syncTag } from './sync-tag.ts'

export interface RegisterServiceWorkerOptions {
  /** Of the script that calls `serveServiceWorker`. */
  readonly url: string | URL
  /** As given to `serveServiceWorker` and `joinTabs`. */
  readonly name: string
  readonly runtime: Runtime
  readonly scope?: string
}

/** What became of it. */
export interface ServiceWorkerHandOver {
  /** Undefined where there are no service workers: on insecure pages, in some private windows. */
  readonly registration: ServiceWorkerRegistration | undefined
  /** `sync`: the browser wakes the service worker when there is a network, with all pages closed. `page`: jobs go on when a page is open. */
  readonly drivenBy: 'sync' | 'page'
  /** Ends the hand-over of this page; the service worker stays. */
  close(): void
}

interface SyncManager {
  register(tag: string): Promise<void>
}

/** Registers the service worker, and asks the browser to wake it whenever this page is hidden or goes while jobs are pending. */
export async function registerServiceWorker({
  url,
  name,
  runtime,
  scope,
}: RegisterServiceWorkerOptions): Promise<ServiceWorkerHandOver> {
  if (navigator.serviceWorker === undefined) return { registration: undefined, drivenBy: 'page', close() {} }
  const registration = await navigator.serviceWorker.register(url, {
    type: 'module',
    ...(scope !== undefined && { scope }),
  })
  const { sync } = registration as { sync?: SyncManager }
  if (sync === undefined) return { registration, drivenBy: 'page', close() {} }
  await navigator.serviceWorker.ready
  const ask = (): void => void sync.register(syncTag(name)).catch(() => {})
  const stopEnqueued = runtime.on('enqueued', ask)
  const ended = new AbortController()
  document.addEventListener('visibilitychange', ask, { signal: ended.signal })
  const drivenBy = await permitted(() => sync.register(syncTag(name)))
  return {
    registration,
    drivenBy,
    close() {
      ended.abort()
      stopEnqueued()
    },
  }
}

/** Users and private windows may refuse Background Sync. */
async function permitted(register: () => Promise<void>): Promise<'sync' | 'page'> {
  try {
    await register()
    return 'sync'
  } catch {
    return 'page'
  }
}
