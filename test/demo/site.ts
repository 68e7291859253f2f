import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright'
import { buildSite } from '../../apps/demo/server/build.ts'
import { serve } from '../../apps/demo/server/serve.ts'
import { uploadHandler } from '../../apps/demo/upload/server/upload-handler.ts'
import { chromiumFlags, findChromium } from '../browser/chromium.ts'

export const executablePath = findChromium()

/** Where the site is served, and what pages from there complained of. */
export interface Place {
  readonly address: string
  readonly heard: string[]
}

/** The site, built and served, and a browser before it. */
export interface Site {
  readonly folder: string
  readonly address: string
  /** A fresh visitor, of this address unless of another place. */
  open(query: string, options?: BrowserContextOptions, place?: Place): Promise<Page>
  /** Errors, warnings and violations of the policy that pages spoke of since this was last asked, but for those of a kind that is expected. */
  complaints(expected?: RegExp): readonly string[]
  close(): Promise<void>
}

export async function openSite(): Promise<Site> {
  const room = await mkdtemp(join(tmpdir(), 'millrace-demo-'))
  const folder = join(room, 'site')
  await buildSite(folder)
  const serving = await serve(folder, { port: 0, handle: uploadHandler(room) })
  const browser = await chromium.launch({ executablePath: executablePath!, args: [...chromiumFlags] })
  const heard: string[] = []
  const home = { address: serving.address, heard }
  return {
    folder,
    address: serving.address,
    open: (query, options = {}, place = home) => openPage(browser, place, query, options),
    complaints: (expected) => heard.splice(0).filter((text) => expected?.test(text) !== true),
    async close() {
      await browser.close()
      await serving.close()
      await rm(room, { recursive: true })
    },
  }
}

async function openPage(
  browser: Browser,
  place: Place,
  query: string,
  options: BrowserContextOptions,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  context.setDefaultTimeout(30_000)
  context.on('page', (page) => listen(page, place))
  const page = await context.newPage()
  await page.goto(place.address + query)
  return page
}

/** Takes down what a page complains of. */
export function listen(page: Page, { address, heard }: Place): void {
  const hear = (text: string): void => void heard.push(`${page.url()}: ${text}`)
  page.on('console', (message) => {
    // The driver's own word, where a test wants no service worker.
    const isDriver = message.text().includes('blocked by Playwright')
    if (['error', 'warning'].includes(message.type()) && !isDriver) hear(message.text())
  })
  page.on('pageerror', (error) => hear(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) hear(`asked for ${request.url()}`)
  })
}
