import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { Browser } from '../browser/devtools.ts'
import { eventually } from './eventually.ts'
import {
  choose,
  expectArrival,
  heading,
  inspect,
  labServer,
  midway,
  row,
  setServer,
  visitLab,
  type LabServer,
} from './lab-visit.ts'
import { listen, type Site } from './site.ts'

const names = ['a.bin', 'b.bin', 'c.bin', 'd.bin']

/** What a server may do, and what the page says of a file that was on its way to it. */
const faults: readonly (readonly [mood: string, gate: RegExp, says: RegExp])[] = [
  ['stalls', /Nothing comes through/, /nothing moved for 5000 ms/],
  ['down', /Nothing comes through/, /waits for the network.*no answer/],
  ['fails', /Nothing comes through/, /attempt 1: .*the server answered 500/],
  ['gateway', /Nothing comes through/, /attempt 1: .*the server answered 502/],
  ['full', /./, /attempt 1: .*the server answered 429/],
  ['login', /wants other credentials/, /the server answered 401.*/],
  ['portal', /Somebody else answers/, /200, but not from the server/],
]

interface Started extends AsyncDisposable {
  readonly profile: string
  browser: Browser
}

/** A browser with a profile on disk, which outlives it. */
async function startBrowser(): Promise<Started> {
  const profile = mkdtempSync(join(tmpdir(), 'millrace-profile-'))
  const started = {
    profile,
    browser: await Browser.launch(profile),
    async [Symbol.asyncDispose]() {
      await started.browser.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  return started
}

async function blankPage(browser: Browser, server: LabServer): Promise<Page> {
  const driver = await chromium.connectOverCDP(browser.address)
  const page = await driver.contexts()[0]!.newPage()
  page.setDefaultTimeout(30_000)
  listen(page, server)
  return page
}

const tryNow = (page: Page): Promise<void> => page.getByRole('button', { name: 'Try now' }).click()

/** What a file's inside says. */
async function insideOf(page: Page, name: string): Promise<string | null> {
  await inspect(page, name)
  return row(page, name).locator('.inside').textContent()
}

/** All that can go wrong between a page and its server, done by the page's own levers. */
export function uploadFaults(site: () => Site): void {
  describe.concurrent('the upload lab, when the worst comes,', () => {
    test.for(faults)(
      'a server that "%s": the page says so, and every file arrives in the end',
      async ([mood, gate, says]) => {
        await using visit = await visitLab(site())
        const { page } = visit
        await setServer(page, 'slow')
        const sent = await choose(page, names)
        await midway(page)
        await setServer(page, mood)
        await eventually(() => insideOf(page, 'a.bin')).toMatch(says)
        await eventually(() => page.locator('.gate').textContent()).toMatch(gate)
        if (mood === 'down') await eventually(() => page.getByLabel('The server').inputValue()).toBe('well')
        else await setServer(page, 'well')
        if (mood === 'login') await tryNow(page)
        await expectArrival(visit, sent)
      },
    )

    test('a line that is cut in the middle, and mended', async () => {
      await using visit = await visitLab(site())
      const { page } = visit
      await setServer(page, 'slow')
      const sent = await choose(page, names)
      await midway(page)
      await page.getByRole('switch', { name: 'Cut the line' }).click()
      await eventually(() => insideOf(page, 'a.bin')).toMatch(/no answer/)
      await eventually(() => insideOf(page, 'd.bin')).toMatch(/but nothing came through lately/)
      await page.getByRole('switch', { name: 'Cut the line' }).click()
      await tryNow(page)
      await expectArrival(visit, sent)
    })

    test('offline from the start: the page opens, keeps the files, and they go when the network is there', async () => {
      await using visit = await visitLab(site())
      const { page } = visit
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
      await eventually(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
      await page.context().setOffline(true)
      await eventually(() => page.locator('.gate').textContent()).toContain('Offline')
      await page.reload()
      const sent = await choose(page, names)
      await heading(page, 'On the way (4)')
      await eventually(() => insideOf(page, 'd.bin')).toMatch(/but (nothing came|the browser says)/)
      await page.reload()
      await heading(page, 'On the way (4)')
      await page.context().setOffline(false)
      await expectArrival(visit, sent)
    })

    test('no room in the browser: the page names what it could not keep, and takes it when there is room', async () => {
      await using server = await labServer(site())
      await using started = await startBrowser()
      const page = await blankPage(started.browser, server)
      const devtools = await page.context().newCDPSession(page)
      const quota = (more: object): Promise<unknown> =>
        devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.address).origin, ...more })
      // It counts from before the first database is opened.
      await quota({ quotaSize: 8_000_000 })
      await page.goto(`${server.address}upload/`)
      // What it keeps of the site counts too.
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
      await page.getByRole('switch', { name: 'Cut the line' }).click()
      const all = await choose(page, [...names, 'e.bin', 'f.bin', 'g.bin', 'h.bin', 'i.bin'])
      const refusal = page.locator('[role=alert]', { hasText: 'had no room' })
      await eventually(() => refusal.textContent()).toMatch(
        /had no room for .*i\.bin\. Nothing of it was kept/,
      )
      const refused = await refusal.textContent()
      const kept = all.filter(({ name }) => !refused!.includes(name))
      expect(kept.length).toBeGreaterThan(0)
      // Others took the rest: now there is not even room to note that a file begins.
      await quota({ quotaSize: 1_000_000 })
      await page.getByRole('switch', { name: 'Cut the line' }).click()
      await tryNow(page)
      await eventually(() => page.locator('[data-trouble]').textContent()).toContain('grants no more space')
      await heading(page, `On the way (${kept.length})`)
      await quota({})
      await expectArrival({ page, server }, kept)
      // Whether there is room again is looked up now and then.
      const again = page.getByRole('button', { name: 'Try again' })
      await eventually(async () => {
        if ((await again.count()) > 0) await again.click()
        return page.locator('[data-file]').count()
      }).toBe(all.length)
      await expectArrival({ page, server }, all)
    })

    test('the browser is killed in the middle, and started again on the same profile', async () => {
      await using server = await labServer(site())
      await using started = await startBrowser()
      const page = await blankPage(started.browser, server)
      await page.goto(`${server.address}upload/`)
      await setServer(page, 'slow')
      const sent = await choose(page, names)
      await midway(page)
      await started.browser.kill()
      started.browser = await Browser.launch(started.profile)
      const again = await blankPage(started.browser, server)
      await again.goto(`${server.address}upload/`)
      await setServer(again, 'well')
      await expectArrival({ page: again, server }, sent)
    })
  })
}
