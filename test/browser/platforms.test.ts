import { join } from 'node:path'
import { expect } from 'vitest'
import { bundle } from './bundled-workers.ts'
import type { Page } from './devtools.ts'
import { inChromium } from './in-chromium.ts'
import { failover } from './tabs/failover.ts'
import { Tabs } from './tabs/tab-lab.ts'
import { addFiles, seen } from './upload-lab-page.ts'
import { expectArrival, uploadLab } from './upload-lab.ts'
import { until } from './until.ts'

function without(...names: readonly string[]): string {
  return names.map((name) => `Object.defineProperty(${owned(name)}, { value: undefined });`).join('\n')
}

function owned(name: string): string {
  const [owner, property] = name.split('.')
  return `${owner}.prototype, '${property}'`
}

/** A page that was not loaded over https. */
const insecure = without(
  'Navigator.locks',
  'Navigator.serviceWorker',
  'Navigator.storage',
  'Crypto.randomUUID',
  'Crypto.subtle',
)

inChromium('without Web Locks a tab that says goodbye is followed at once', async () => {
  await using tabs = await Tabs.open({}, insecure)
  const { ms, second } = await failover(tabs, (first) => first.close())
  expect(await second.call(() => inTab.tab.liveness)).toBe('leases')
  expect(ms).toBeLessThan(10_000)
})

inChromium('without Web Locks a tab that crashes is followed when its leases end', async () => {
  await using tabs = await Tabs.open({ lease: '3s' }, insecure)
  const { ms, second } = await failover(tabs, (first) => first.crash())
  expect(ms).toBeGreaterThan(1_000)
  expect(await second.call(() => inTab.crashes())).toEqual([1])
})

/** Browsers of 2021. */
const mute = "Object.defineProperty(globalThis, 'BroadcastChannel', { value: undefined });"

inChromium('without BroadcastChannel a tab looks by itself for what others enqueue', async () => {
  await using tabs = await Tabs.open({}, mute)
  tabs.server.answerMs = Infinity
  const busy = await tabs.tab({ slots: 1 })
  await tabs.tab()
  await busy.call(() => inTab.enqueue(2))
  await until('the other tab works, too', async () => tabs.server.visits.length === 2, 10_000)
})

inChromium('without BroadcastChannel a tab that crashes is followed when its leases end', async () => {
  await using tabs = await Tabs.open({ lease: '3s' }, mute)
  const { second } = await failover(tabs, (first) => first.crash())
  expect(await second.call(() => inTab.tab.liveness)).toBe('leases')
  expect(await second.call(() => inTab.crashes())).toEqual([1])
})

inChromium('files arrive on an insecure page too, which has no service worker to hand them to', async () => {
  await using lab = await uploadLab({}, { prelude: insecure })
  expect(await lab.page.call(() => inPage.handOver('/sw.js'))).toBe('page')
  await expectArrival(lab, await addFiles(lab.page, 2, 100_000))
})

inChromium('where Background Sync is not known, pages drive', async () => {
  await using lab = await uploadLab({}, { prelude: without('ServiceWorkerRegistration.sync') })
  lab.server.serve('/sw.js', 'text/javascript', '')
  expect(await lab.page.call(() => inPage.handOver('/sw.js'))).toBe('page')
})

inChromium('unmetered takes any connection where the browser cannot tell', async () => {
  await using lab = await uploadLab({ network: 'unmetered' })
  expect(await lab.page.call(() => (navigator as { connection?: { type?: string } }).connection?.type)).toBe(
    undefined,
  )
  await expectArrival(lab, await addFiles(lab.page, 1, 100_000))
})

inChromium('unmetered waits while data is to be saved', async () => {
  const prelude = 'NetworkInformation.prototype.__defineGetter__("saveData", () => !globalThis.isFree)'
  await using lab = await uploadLab({ network: 'unmetered' }, { prelude })
  const sent = await addFiles(lab.page, 1, 100_000)
  expect(await lab.page.call(() => inPage.uploads.gate.status)).toBe('metered')
  expect((await seen(lab.page)).map(({ state }) => state)).toEqual(['enqueued'])
  await lab.page.call(() => {
    Object.assign(globalThis, { isFree: true })
    ;(navigator as unknown as { connection: EventTarget }).connection.dispatchEvent(new Event('change'))
  })
  await expectArrival(lab, sent)
})

inChromium('the browser is asked to keep the data once, and only in a gesture of the user', async () => {
  const prelude = 'globalThis.asked = 0; StorageManager.prototype.persist = async () => ++asked > 0'
  await using lab = await uploadLab({}, { prelude })
  const asked: number[] = []
  for (const add of ['call', 'callInGesture', 'callInGesture'] as const) {
    await lab.page[add]((seed) => inPage.add('a', seed, 10), asked.length)
    asked.push(await lab.page.call(() => (globalThis as unknown as { asked: number }).asked))
  }
  expect(asked).toEqual([0, 1, 1])
})

inChromium('timers of a hidden page ring once a second, those of its worker clock in time', async () => {
  await using lab = await uploadLab()
  const { page, server, browser } = lab
  const worker = await bundle(join(import.meta.dirname, 'pages/timers-worker.ts'))
  server.serve('/timers.js', 'text/javascript', worker)
  await hide(page, await browser.open('about:blank'))
  const rings = await page.call(() =>
    (
      globalThis as unknown as { Lab: { rings(url: string): Promise<{ page: number; worker: number }> } }
    ).Lab.rings('/timers.js'),
  )
  expect(rings.page).toBeLessThan(8)
  expect(rings.worker).toBeGreaterThan(15)
})

async function hide(page: Page, other: Page): Promise<void> {
  await other.show()
  await until('it is hidden', () => page.call(() => document.hidden))
}
