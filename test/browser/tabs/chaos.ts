import type { Page } from '../devtools.ts'
import { draws } from '../draws.ts'
import { until } from '../until.ts'
import { Tabs } from './tab-lab.ts'

export interface Chaos {
  readonly deeds: Readonly<Record<Deed, number>>
  readonly freezes: number
  readonly visits: number
  readonly seconds: number
  /** What was promised and not kept. */
  readonly faults: readonly string[]
}

const deeds = ['close', 'crash', 'freeze', 'reload'] as const
type Deed = (typeof deeds)[number]

const slots = 4
const concurrency = 10
const tabsAtOnce = 4
const jobs = 400

interface State {
  readonly tabs: Tabs
  readonly pages: Page[]
  readonly draw: (below: number) => number
  readonly done: Record<Deed, number>
  freezes: number
}

/** Four tabs share 400 jobs while tabs are closed, crashed, frozen and reloaded; the same seed does the same to them in the same order. */
export async function chaos(seed: number): Promise<Chaos> {
  await using tabs = await Tabs.open({ slots, concurrency })
  tabs.server.answerMs = 60
  const from = performance.now()
  const pages = await Promise.all(Array.from({ length: tabsAtOnce }, () => tabs.tab()))
  const state: State = {
    tabs,
    pages,
    draw: draws(seed),
    done: { close: 0, crash: 0, freeze: 0, reload: 0 },
    freezes: 0,
  }
  const ids: string[] = []
  for (const page of pages) ids.push(...(await page.call((n) => inTab.enqueue(n), jobs / tabsAtOnce)))
  while ((await unfinished(pages[0]!)) > 0 && performance.now() - from < 60_000) await strike(state)
  await until('all jobs completed', async () => (await unfinished(pages[0]!)) === 0, 60_000)
  return {
    deeds: state.done,
    freezes: state.freezes,
    visits: tabs.server.visits.length,
    seconds: (performance.now() - from) / 1_000,
    faults: await faultsOf(state, ids),
  }
}

/** The first page is spared, so that there is somebody to ask. */
async function strike(state: State): Promise<void> {
  const { pages, tabs, draw, done } = state
  const deed = deeds[draw(deeds.length)]!
  const index = 1 + draw(pages.length - 1)
  const page = pages[index]!
  done[deed]++
  switch (deed) {
    case 'close':
      await page.close()
      pages[index] = await tabs.tab()
      break
    case 'crash':
      await page.crash()
      pages[index] = await tabs.tab()
      break
    case 'reload':
      await page.reload()
      await tabs.enter(page)
      break
    case 'freeze':
      await pages[0]!.show()
      await page.setFrozen(true)
      await pause(100 + draw(500))
      await page.setFrozen(false)
      state.freezes += await page.call(() => {
        const { freezes } = inTab
        inTab.freezes = 0
        return freezes
      })
  }
  await pause(draw(150))
}

async function faultsOf(
  { pages, tabs, done, freezes }: State,
  ids: readonly string[],
): Promise<readonly string[]> {
  const faults: string[] = []
  const states = new Map((await pages[0]!.call(() => inTab.states())).map(([id, ...rest]) => [id, rest]))
  const visits = new Map<string, number>()
  for (const { job } of tabs.server.visits) visits.set(job, (visits.get(job) ?? 0) + 1)
  let again = 0
  for (const id of ids) {
    const [state, attempt = 0] = states.get(id) ?? []
    const seen = visits.get(id) ?? 0
    if (state !== 'completed' || seen === 0) faults.push(`job ${id} is lost: ${state}, ${seen} visits`)
    if (seen > attempt) faults.push(`job ${id}: ${seen} visits in ${attempt} attempts`)
    again += attempt - 1
  }
  const strikes = Object.values(done).reduce((sum, times) => sum + times, 0)
  if (again > strikes * slots) faults.push(`${again} attempts too many for ${strikes} strikes`)
  if (tabs.server.mostAtOnce() > concurrency) faults.push(`${tabs.server.mostAtOnce()} at once`)
  if (freezes !== done.freeze) faults.push(`${freezes} freeze events for ${done.freeze} freezes`)
  return faults
}

function unfinished(page: Page): Promise<number> {
  return page.call(async () => (await inTab.states()).filter(([, state]) => state !== 'completed').length)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
