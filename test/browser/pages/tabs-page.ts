import { joinTabs, type Tab } from '@millrace/browser'
import { backoff, createRuntime, defineJob, type Runtime } from '@millrace/runtime'
import { indexedDbStore } from '@millrace/store-indexeddb'

export interface TabOptions {
  readonly store: string
  /** Handlers at once in this tab. */
  readonly slots: number
  /** Handlers at once in all tabs. */
  readonly concurrency: number
  /** False: this page never hears that it is put away. */
  readonly hears?: boolean
  readonly lease?: `${number}s`
}

const visit = defineJob<number>('visit', {
  queue: 'visits',
  retry: { maxCrashes: 100, backoff: backoff.fixed('1ms') },
})

/** One of many tabs that share jobs; each job is one request to the server. */
export class TabLab {
  readonly runtime: Runtime
  readonly tab: Tab
  freezes = 0

  private constructor(runtime: Runtime, tab: Tab) {
    this.runtime = runtime
    this.tab = tab
    document.addEventListener('freeze', () => this.freezes++)
    globalThis.addEventListener('pagehide', () => navigator.sendBeacon('/goodbye'))
  }

  static async open({
    store: name,
    slots,
    concurrency,
    hears = true,
    lease = '30s',
  }: TabOptions): Promise<TabLab> {
    const store = await indexedDbStore({ name })
    const runtime = await createRuntime({
      store,
      queues: { visits: { concurrency, retention: { completed: { count: 1_000_000 } } } },
    })
    runtime.handle(visit, async (_, { id, signal }) => {
      const response = await fetch(`/visit?job=${id}`, { method: 'POST', signal })
      if (!response.ok) throw new Error(`${response.status}`)
    })
    const deaf = { onChange: () => () => {} }
    const tab = await joinTabs({ runtime, store, name, ...(!hears && { pageLife: deaf }) })
    tab.work({ queues: { visits: 1 }, concurrency: slots, lease })
    return new TabLab(runtime, tab)
  }

  async enqueue(count: number): Promise<readonly string[]> {
    const numbers = Array.from({ length: count }, (_, index) => index)
    return (await this.runtime.enqueueMany(visit, numbers)).map(({ id }) => id)
  }

  async crashes(): Promise<readonly number[]> {
    return (await this.runtime.jobs()).jobs.map(({ crashes }) => crashes)
  }

  async states(): Promise<readonly (readonly [id: string, state: string, attempt: number])[]> {
    const { jobs } = await this.runtime.jobs({ limit: 1_000 })
    return jobs.map(({ id, state, attempt }) => [id, state, attempt] as const)
  }
}

Object.assign(globalThis, { TabLab })

declare global {
  // Named in functions that tests run in the page.
  var inTab: TabLab
}
