import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { chromiumFlags, findChromium } from './chromium.ts'

type Params = Readonly<Record<string, unknown>>
type Listener = (params: never, sessionId: string | undefined) => void

/**
 * A Chromium of its own profile, driven by its own protocol: test drivers keep every page visible and delete their profiles,
 * and pages must be hidden to be frozen, and profiles must outlive a kill.
 */
export class Browser {
  /** Where other drivers may join in. */
  readonly address: string
  readonly #process: ChildProcess
  readonly #socket: WebSocket
  readonly #answers = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  readonly #listeners = new Map<string, Set<Listener>>()
  #sent = 0

  private constructor(process: ChildProcess, socket: WebSocket) {
    this.#process = process
    this.#socket = socket
    this.address = socket.url
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data))))
    socket.addEventListener('close', () => this.#lost())
  }

  static async launch(profile: string, flags: readonly string[] = []): Promise<Browser> {
    const options = [
      ...chromiumFlags,
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      ...flags,
      'about:blank',
    ]
    // Its own process group, so that a kill takes its children with it.
    const process = spawn(findChromium()!, options, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    const socket = new WebSocket(await addressOf(process))
    await once(socket as never, 'open')
    return new Browser(process, socket)
  }

  send<T>(method: string, params: Params = {}, sessionId?: string): Promise<T> {
    const id = ++this.#sent
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    return new Promise<T>((resolve, reject) => {
      this.#answers.set(id, {
        resolve: resolve as (value: never) => void,
        reject: (error) => reject(new Error(`${method}: ${error.message}`)),
      })
    })
  }

  on<T>(method: string, listener: (params: T, sessionId: string | undefined) => void): () => void {
    const listeners = this.#listeners.get(method) ?? new Set()
    this.#listeners.set(method, listeners.add(listener as Listener))
    return () => listeners.delete(listener as Listener)
  }

  /** With a `prelude`, that script runs before any other in each document of the page. */
  async open(url: string, prelude?: string): Promise<Page> {
    const { targetId } = await this.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.send<{ sessionId: string }>('Target.attachToTarget', {
      targetId,
      flatten: true,
    })
    const page = new Page(this, targetId, sessionId)
    await page.send('Page.enable')
    await page.send('Runtime.enable')
    if (prelude !== undefined) await page.send('Page.addScriptToEvaluateOnNewDocument', { source: prelude })
    await page.goto(url)
    return page
  }

  /** As the machine's out-of-memory killer does it: no process of it gets to say a word. */
  async kill(): Promise<void> {
    const gone = once(this.#process, 'exit')
    process.kill(-this.#process.pid!, 'SIGKILL')
    await gone
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const gone = once(this.#process, 'exit')
    this.send('Browser.close').catch(() => {})
    const timer = setTimeout(() => process.kill(-this.#process.pid!, 'SIGKILL'), 3_000)
    await gone
    clearTimeout(timer)
  }

  #hear(message: {
    id?: number
    method?: string
    params?: never
    result?: never
    error?: { message: string }
    sessionId?: string
  }): void {
    if (message.method !== undefined)
      for (const listener of this.#listeners.get(message.method) ?? [])
        listener(message.params as never, message.sessionId)
    const answer = this.#answers.get(message.id ?? 0)
    this.#answers.delete(message.id ?? 0)
    if (message.error !== undefined) answer?.reject(new Error(message.error.message))
    else answer?.resolve(message.result as never)
  }

  #lost(): void {
    for (const { reject } of this.#answers.values()) reject(new Error('the browser is gone'))
    this.#answers.clear()
  }
}

/** One tab. */
export class Page {
  readonly browser: Browser
  readonly targetId: string
  readonly sessionId: string

  constructor(browser: Browser, targetId: string, sessionId: string) {
    this.browser = browser
    this.targetId = targetId
    this.sessionId = sessionId
  }

  send<T = unknown>(method: string, params: Params = {}): Promise<T> {
    return this.browser.send<T>(method, params, this.sessionId)
  }

  async goto(url: string): Promise<void> {
    const loaded = this.#loaded()
    await this.send('Page.navigate', { url })
    await loaded
  }

  async reload(): Promise<void> {
    const loaded = this.#loaded()
    await this.send('Page.reload')
    await loaded
  }

  /** Calls a function in the page; what it promises is waited for, what it throws is thrown. */
  call<Args extends readonly unknown[], T>(
    fn: (...parameters: Args) => T,
    ...parameters: Args
  ): Promise<Awaited<T>> {
    return this.#evaluate(fn, parameters, false)
  }

  /** As when the user had just clicked. */
  callInGesture<Args extends readonly unknown[], T>(
    fn: (...parameters: Args) => T,
    ...parameters: Args
  ): Promise<Awaited<T>> {
    return this.#evaluate(fn, parameters, true)
  }

  async #evaluate<Args extends readonly unknown[], T>(
    fn: (...parameters: Args) => T,
    parameters: Args,
    userGesture: boolean,
  ): Promise<Awaited<T>> {
    const expression = `(${fn.toString()})(${parameters.map((one) => JSON.stringify(one)).join(',')})`
    const { result, exceptionDetails } = await this.send<{
      result: { value: Awaited<T> }
      exceptionDetails?: { text: string; exception?: { description?: string } }
    }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, userGesture })
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }

  /** The renderer dies under the page. */
  async crash(): Promise<void> {
    const crashed = new Promise<void>((resolve) => {
      const stop = this.browser.on('Inspector.targetCrashed', (_, sessionId) => {
        if (sessionId !== this.sessionId) return
        stop()
        resolve()
      })
    })
    this.send('Inspector.enable').catch(() => {})
    this.send('Page.crash').catch(() => {})
    await crashed
  }

  async close(): Promise<void> {
    await this.browser.send('Target.closeTarget', { targetId: this.targetId })
  }

  /** Makes it the visible one; the others are hidden. */
  async show(): Promise<void> {
    await this.send('Page.bringToFront')
  }

  async setFrozen(isFrozen: boolean): Promise<void> {
    await this.send('Page.setWebLifecycleState', { state: isFrozen ? 'frozen' : 'active' })
  }

  async setOffline(offline: boolean): Promise<void> {
    await this.send('Network.enable')
    await this.send('Network.emulateNetworkConditions', {
      offline,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    })
  }

  #loaded(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.browser.on('Page.loadEventFired', (_, sessionId) => {
        if (sessionId !== this.sessionId) return
        stop()
        resolve()
      })
    })
  }
}

async function addressOf(process: ChildProcess): Promise<string> {
  let told = ''
  for await (const line of createInterface({ input: process.stderr! })) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1]
    if (address !== undefined) {
      process.stderr!.resume()
      return address
    }
    told += `${line}\n`
  }
  throw new Error(`chromium did not start:\n${told}`)
}
