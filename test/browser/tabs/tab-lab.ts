import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser, type Page } from '../devtools.ts'
import { pageFiles } from '../page-files.ts'
import type { TabLab, TabOptions } from '../pages/tabs-page.ts'
import { VisitServer } from './visit-server.ts'

/** Tabs of one browser on one store, and the server their jobs visit. */
export class Tabs implements AsyncDisposable {
  readonly server: VisitServer
  readonly browser: Browser
  readonly #profile: string
  readonly #options: TabOptions
  readonly #prelude: string | undefined

  private constructor(
    server: VisitServer,
    browser: Browser,
    profile: string,
    options: TabOptions,
    prelude: string | undefined,
  ) {
    this.server = server
    this.browser = browser
    this.#profile = profile
    this.#options = options
    this.#prelude = prelude
  }

  /** With a `prelude`, that script runs first in every tab. */
  static async open(options: Partial<TabOptions> = {}, prelude?: string): Promise<Tabs> {
    const server = new VisitServer(await pageFiles(join(import.meta.dirname, '../pages/tabs-page.ts')))
    await server.up()
    const profile = mkdtempSync(join(tmpdir(), 'millrace-tabs-'))
    const browser = await Browser.launch(profile)
    const all = { store: 'tabs', slots: 4, concurrency: 10, ...options }
    return new Tabs(server, browser, profile, all, prelude)
  }

  async tab(options: Partial<TabOptions> = {}): Promise<Page> {
    const page = await this.browser.open(this.server.origin, this.#prelude)
    await this.enter(page, options)
    return page
  }

  /** Starts the page's part anew, after each load of it. */
  async enter(page: Page, options: Partial<TabOptions> = {}): Promise<void> {
    await page.call(
      async (given) => {
        globalThis.inTab = await (globalThis as unknown as { TabLab: typeof TabLab }).TabLab.open(given)
      },
      { ...this.#options, ...options },
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close()
    await this.server.close()
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }
}
