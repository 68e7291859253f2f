import { expect } from 'vitest'
import type { Page } from './devtools.ts'
import { inChromium } from './in-chromium.ts'
import { chaos } from './tabs/chaos.ts'
import { failover } from './tabs/failover.ts'
import { Tabs } from './tabs/tab-lab.ts'
import { until } from './until.ts'

/** How soon is measured by `npm run test:tabs`, with limits of 100 and 200 ms; here only that no lease had to end first. */
const beforeItsLeaseMs = 10_000

inChromium('the jobs of a closed tab run in another one at once, and it counts as no crash', async () => {
  await using tabs = await Tabs.open()
  const { ms, second } = await failover(tabs, (first) => first.close())
  expect(ms).toBeLessThan(beforeItsLeaseMs)
  const wasTold = await until('its goodbye', async () => tabs.server.goodbyes > 0, 2_000).catch(() => false)
  expect(await second.call(() => inTab.crashes())).toEqual([wasTold ? 0 : 1])
})

inChromium('the jobs of a crashed tab run in another one at once', async () => {
  await using tabs = await Tabs.open()
  const { ms, second } = await failover(tabs, (first) => first.crash())
  expect(ms).toBeLessThan(beforeItsLeaseMs)
  expect(await second.call(() => inTab.crashes())).toEqual([1])
})

inChromium('a page that is frozen lets go of its jobs, and works again when it comes back', async () => {
  await using tabs = await Tabs.open()
  let frozen: Page | undefined
  const { ms } = await failover(tabs, (first) => {
    frozen = first
    return first.setFrozen(true)
  })
  expect(ms).toBeLessThan(beforeItsLeaseMs)
  await frozen!.setFrozen(false)
  await frozen!.show()
  expect(await frozen!.call(() => inTab.freezes)).toBe(1)
  await until('it takes part again', () => frozen!.call(() => inTab.tab.owner !== undefined))
})

inChromium('four tabs share jobs, never more at once than the queue allows, each job once', async () => {
  await using tabs = await Tabs.open({ slots: 4, concurrency: 6 })
  tabs.server.answerMs = 20
  const pages = await Promise.all([1, 2, 3, 4].map(() => tabs.tab()))
  const ids = (await Promise.all(pages.map((page) => page.call(() => inTab.enqueue(50))))).flat()
  await until('all are completed', () =>
    pages[0]!.call(async () => (await inTab.states()).every(([, state]) => state === 'completed')),
  )
  expect(tabs.server.visits.map(({ job }) => job).sort()).toEqual([...ids].sort())
  expect(tabs.server.mostAtOnce()).toBe(6)
})

inChromium(
  'tabs that are closed, crash, freeze and reload lose no job, and run none again without need',
  async () => {
    expect((await chaos(1)).faults).toEqual([])
  },
)
