import type { Page } from '../devtools.ts'
import type { TabOptions } from '../pages/tabs-page.ts'
import type { Tabs } from './tab-lab.ts'

/** A job runs in the first tab, and never ends there; then the tab goes. Answers how long it took until the job ran in the second. */
export async function failover(
  tabs: Tabs,
  go: (first: Page) => Promise<unknown>,
  options: Partial<TabOptions> = {},
): Promise<{ readonly ms: number; readonly second: Page }> {
  tabs.server.answerMs = Infinity
  const first = await tabs.tab(options)
  const begun = tabs.server.next()
  await first.call(() => inTab.enqueue(1))
  await begun
  const second = await tabs.tab(options)
  tabs.server.answerMs = 0
  const again = tabs.server.next()
  const goneAt = performance.now()
  await go(first)
  return { ms: (await again).begunAt - goneAt, second }
}
