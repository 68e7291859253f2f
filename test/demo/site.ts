import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright'
import { buildSite } from '../../apps/demo/server/build.ts'
import { serve, type Serving } from '../../apps/demo/server/serve.ts'
import { chromiumFlags, findChromium } from '../browser/chromium.ts'

export const executablePath = findChromium()

/** The site, built and served, and a browser before it. */
export interface Site {
  readonly folder: string
  readonly address: string
  /** A fresh visitor. */
  open(query: string, options?: BrowserContextOptions): Promise<Page>
  /** Errors, warnings and violations of the policy that pages spoke of since this was last asked. */
  complaints(): readonly string[]
  close(): Promise<void>
}

export async function openSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-demo-'))
  await buildSite(folder)
  const serving = await serve(folder, { port: 0 })
  const browser = await chromium.launch({ executablePath: executablePath!, args: [...chromiumFlags] })
  const heard: string[] = []
  return {
    folder,
    address: serving.address,
    open: (query, options) => openPage(browser, serving, query, heard, options),
    complaints: () => heard.splice(0),
    async close() {
      await browser.close()
      await serving.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function openPage(
  browser: Browser,
  serving: Serving,
  query: string,
  heard: string[],
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) heard.push(message.text())
  })
  page.on('pageerror', (error) => heard.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(serving.address)) heard.push(`asked for ${request.url()}`)
  })
  await page.goto(serving.address + query)
  return page
}
