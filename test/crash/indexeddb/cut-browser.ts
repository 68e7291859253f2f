import { spawn, type ChildProcess } from 'node:child_process'
import { chromium, type Browser, type Page } from 'playwright'
import { chromiumFlags } from '../../browser/chromium.ts'

/** A Chromium that can be killed with all its processes at once, whatever they are at. */
export class CutBrowser {
  readonly page: Page
  readonly #browser: Browser
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, browser: Browser, page: Page) {
    this.#process = process
    this.#browser = browser
    this.page = page
  }

  static async launch(
    program: string,
    profile: string,
    flags: readonly string[],
    url: string,
  ): Promise<CutBrowser> {
    const given = [
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--disk-cache-size=1',
    ]
    // A group of its own, so that its many processes die together.
    const child = spawn(program, [...chromiumFlags, ...given, ...flags, 'about:blank'], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const browser = await chromium.connectOverCDP(await endpointOf(child))
    const page = browser.contexts()[0]!.pages()[0]!
    await page.goto(url)
    await page.waitForFunction('globalThis.power !== undefined')
    return new CutBrowser(child, browser, page)
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve))
    process.kill(-this.#process.pid!, 'SIGKILL')
    await ended
    await this.#browser.close().catch(() => {})
  }
}

function endpointOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const endpoint = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (endpoint !== undefined) resolve(endpoint)
    })
    child.once('close', () => reject(new Error(`Chromium ended before it listened:\n${said}`)))
  })
}
