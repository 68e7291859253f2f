import { readFileSync } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { buildSite } from '../../apps/demo/server/build.ts'
import { serve } from '../../apps/demo/server/serve.ts'
import { uploadHandler } from '../../apps/demo/upload/server/upload-handler.ts'
import { findChromium } from './chromium.ts'
import { Browser, type Page } from './devtools.ts'
import { until } from './until.ts'

const inChromium = test.skipIf(findChromium() === undefined)

function folder(name: string): string {
  const path = mkdtempSync(join(tmpdir(), `millrace-${name}-`))
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  return path
}

/** The page as it is served, and what its console complains of. */
async function openPage(): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const site = folder('site')
  await buildSite(site)
  const serving = await serve(site, { port: 0, handle: uploadHandler(folder('tus')) })
  const browser = await Browser.launch(folder('profile'))
  onTestFinished(async () => {
    await browser.close()
    await serving.close()
  })
  const complaints: string[] = []
  browser.on<{ entry: { text: string } }>('Log.entryAdded', ({ entry }) => complaints.push(entry.text))
  browser.on<object>('Runtime.exceptionThrown', (thrown) => complaints.push(JSON.stringify(thrown)))
  const page = await browser.open('about:blank')
  await page.send('Log.enable')
  await page.goto(`${serving.address}upload/`)
  await until('the lab is open', () => page.call(() => document.querySelector('.drop') !== null))
  return { page, complaints }
}

/** As the keyboard does it: Tab until the control has the focus, then a key. */
async function press(page: Page, label: string, key: 'Enter' | ' '): Promise<void> {
  for (let tabs = 0; tabs < 40; tabs++) {
    if (
      await page.call(
        (text) =>
          document.activeElement?.textContent?.includes(text) === true &&
          document.activeElement !== document.body,
        label,
      )
    ) {
      const text = key === 'Enter' ? '\r' : ' '
      await page.send('Input.dispatchKeyEvent', {
        type: 'keyDown',
        key,
        text,
        windowsVirtualKeyCode: text.charCodeAt(0),
      })
      await page.send('Input.dispatchKeyEvent', {
        type: 'keyUp',
        key,
        windowsVirtualKeyCode: text.charCodeAt(0),
      })
      return
    }
    await page.send('Input.dispatchKeyEvent', {
      type: 'keyDown',
      key: 'Tab',
      code: 'Tab',
      windowsVirtualKeyCode: 9,
    })
    await page.send('Input.dispatchKeyEvent', {
      type: 'keyUp',
      key: 'Tab',
      code: 'Tab',
      windowsVirtualKeyCode: 9,
    })
  }
  throw new Error(`the keyboard does not get to: ${label}`)
}

function heading(page: Page, text: string): Promise<boolean> {
  return page.call(
    (wanted) => [...document.querySelectorAll('h2')].some((one) => one.textContent.includes(wanted)),
    text,
  )
}

inChromium(
  'the upload lab: by keyboard, with the line cut and mended, under its policy, without barriers',
  { timeout: 90_000 },
  async () => {
    const { page, complaints } = await openPage()
    await press(page, 'Cut the line', ' ')
    await press(page, 'Make 5 files', 'Enter')
    await until('all wait', () => heading(page, 'On the way (5)'))
    expect(await barriers(page)).toEqual([])
    await press(page, 'Cut the line', ' ')
    await press(page, 'Try now', 'Enter')
    await until('all arrived', () => heading(page, 'Arrived (5)'))
    expect(await barriers(page)).toEqual([])
    expect(complaints.filter((text) => !/ERR_CONNECTION_RESET/.test(text))).toEqual([])
  },
)

/** What axe finds. */
async function barriers(page: Page): Promise<readonly string[]> {
  await page.send('Runtime.evaluate', {
    expression: readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
  })
  return page.call(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    return (await axe.run()).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    )
  })
}
