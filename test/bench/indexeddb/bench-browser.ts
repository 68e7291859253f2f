import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright'
import { bundle } from '../../browser/bundled-workers.ts'
import { chromiumFlags, ensureChromium } from '../../browser/chromium.ts'
import { temporaryProfile } from '../../browser/profile.ts'

/** Chromium on a profile of its own on the disk, with a page that has all contenders. */
export class BenchBrowser {
  readonly #context: BrowserContext
  readonly #server: Server

  private constructor(context: BrowserContext, server: Server) {
    this.#context = context
    this.#server = server
  }

  static async launch(flags: readonly string[]): Promise<BenchBrowser> {
    const found = ensureChromium()
    if ('missing' in found) throw new Error(found.missing)
    const code = await bundle(join(import.meta.dirname, 'page.ts'))
    const server = createServer((request, response) => {
      const isScript = request.url === '/page.js'
      response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
      response.end(isScript ? code : '<!doctype html><script type="module" src="/page.js"></script>')
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const context = await chromium.launchPersistentContext(temporaryProfile('bench'), {
      executablePath: found.path,
      args: [...chromiumFlags, ...flags],
    })
    return new BenchBrowser(context, server)
  }

  get version(): string {
    return this.#context.browser()?.version() ?? 'of unknown version'
  }

  async newTab(): Promise<Page> {
    const page = await this.#context.newPage()
    await page.goto(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.bench !== undefined')
    return page
  }

  async close(): Promise<void> {
    await this.#context.close()
    this.#server.close()
  }
}
