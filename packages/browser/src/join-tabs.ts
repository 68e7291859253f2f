import { MillraceError, type Store } from '@millrace/core'
import { systemClock, type Clock, type Runtime } from '@millrace/runtime'
import { platformPageLife, type PageLife } from './page-life.ts'
import { Tab } from './tab.ts'

/** A store whose connection can be let go within one call; the next command opens it again. */
export type TabStore = Store & { disconnect?(): void }

export interface JoinTabsOptions {
  readonly runtime: Runtime
  /** The one the runtime works on. */
  readonly store: TabStore
  /** What the tabs of one store call themselves, for instance the store's name. */
  readonly name: string
  /** For tests, and for timers that a hidden page does not hold up: `workerClock`. */
  readonly clock?: Clock
  /** For tests: null for a platform without Web Locks. */
  readonly locks?: LockManager | null
  /** For tests. */
  readonly pageLife?: PageLife
}

/**
 * Makes this tab one of many on a store: it works as long as it lives, and takes back at once the jobs of tabs that were closed,
 * crashed or put away. All workers on the store must come from `work` of such a tab; a page in the freezer lets go of everything, and is a new owner when it comes back.
 */
export async function joinTabs(options: JoinTabsOptions): Promise<Tab> {
  if (!options.store.supports.sharing)
    throw new MillraceError(
      'NOT_SUPPORTED',
      'joinTabs: this store is not shared between tabs; use indexedDbStore',
    )
  const { clock = systemClock(), locks = platformLocks(), pageLife = platformPageLife() } = options
  const tab = new Tab({ ...options, clock, locks, pageLife })
  await tab.enter()
  return tab
}

/** None where tabs cannot tell each other who they are: nobody would know which locks to wait for. */
function platformLocks(): LockManager | null {
  return typeof BroadcastChannel === 'undefined' ? null : (navigator.locks ?? null)
}
