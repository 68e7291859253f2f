import { MillraceError, type Millis } from '@millrace/core'
import { parseDuration, type Duration, type Runtime } from '@millrace/runtime'
import { joinTabs, type TabStore } from './join-tabs.ts'
import { syncTag } from './sync-tag.ts'
import type { TabWorkOptions } from './tab.ts'

export interface ServiceWork {
  readonly runtime: Runtime
  readonly store: TabStore
  /** As in the pages. */
  readonly work?: TabWorkOptions
}

export interface ServeServiceWorkerOptions {
  /** As given to `registerServiceWorker` and `joinTabs`. */
  readonly name: string
  /** Opens the store, registers the handlers: the same names as in the pages. Called for each event. */
  readonly open: () => ServiceWork | PromiseLike<ServiceWork>
  /** How long one event may take; 120 s, if not given: browsers end it after three minutes. */
  readonly cap?: Duration
}

/** The event of Background Sync, which few platforms have. */
interface SyncEvent extends Event {
  readonly tag: string
  readonly lastChance: boolean
  waitUntil(work: Promise<unknown>): void
}

/** Called once in a service worker, as it starts: works on what is pending when the browser says that there is a network. */
export function serveServiceWorker({ name, open, cap = '120s' }: ServeServiceWorkerOptions): void {
  const capMs = parseDuration(cap, 'cap', 1)
  globalThis.addEventListener('sync', (given) => {
    const event = given as SyncEvent
    if (event.tag === syncTag(name)) event.waitUntil(workOff({ name, open, capMs, event }))
  })
}

interface Session {
  readonly name: string
  readonly open: ServeServiceWorkerOptions['open']
  readonly capMs: Millis
  readonly event: SyncEvent
}

/** One more owner among the tabs, for as long as the browser lets it. What is not done stays in the store, last chance or not. */
async function workOff({ name, open, capMs, event }: Session): Promise<void> {
  const { runtime, store, work } = await open()
  try {
    const tab = await joinTabs({ runtime, store, name })
    tab.work(work)
    const isDone = await drained(runtime, capMs)
    await tab.leave({ drain: 0 })
    // Rejecting asks for another event; after the last chance the next page to be opened goes on.
    if (!isDone && !event.lastChance) throw new Error(`jobs of ${name} are left: sync again`)
  } finally {
    await runtime.close({ drain: 0 })
  }
}

async function drained(runtime: Runtime, timeout: Millis): Promise<boolean> {
  try {
    await runtime.drain({ timeout })
    return true
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'DRAIN_TIMEOUT') return false
    throw error
  }
}
