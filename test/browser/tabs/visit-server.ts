import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PageFiles } from '../page-files.ts'

/** One request of one attempt. */
export interface Visit {
  readonly job: string
  readonly begunAt: number
  /** Its client was gone before the answer. */
  isCut: boolean
  endedAt: number | undefined
}

/** Serves the pages, and counts the visits of jobs: the oracle of what tabs did. */
export class VisitServer {
  readonly visits: Visit[] = []
  /** How long an answer takes; Infinity never answers. */
  answerMs = 0
  /** Pages that were told that they go; on a busy machine Chromium kills one that takes too long. */
  goodbyes = 0
  readonly #pages: PageFiles
  readonly #server: Server
  #waiting: ((visit: Visit) => void)[] = []

  constructor(pages: PageFiles) {
    this.#pages = pages
    this.#server = createServer((request, response) => this.#serve(request, response))
    this.#server.keepAliveTimeout = 60_000
  }

  async up(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The next visit. */
  next(): Promise<Visit> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** The most visits that were under way at once, but for those that were cut. */
  mostAtOnce(): number {
    const whole = this.visits.filter(({ isCut }) => !isCut)
    const moves = whole.flatMap(({ begunAt, endedAt = Infinity }) => [
      { at: begunAt, by: 1 },
      { at: endedAt, by: -1 },
    ])
    moves.sort((a, b) => a.at - b.at || a.by - b.by)
    let running = 0
    let most = 0
    for (const { by } of moves) {
      running += by
      most = Math.max(most, running)
    }
    return most
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://server')
    if (url.pathname === '/visit') return this.#visit(url.searchParams.get('job')!, response)
    if (url.pathname === '/goodbye') this.goodbyes++
    const page = this.#pages.get(url.pathname)
    response
      .writeHead(page === undefined ? 404 : 200, { 'Content-Type': page?.type ?? 'text/plain' })
      .end(page?.body)
  }

  #visit(job: string, response: ServerResponse): void {
    const visit: Visit = { job, begunAt: performance.now(), isCut: false, endedAt: undefined }
    this.visits.push(visit)
    for (const resolve of this.#waiting.splice(0)) resolve(visit)
    response.on('close', () => (visit.isCut = !response.writableFinished))
    if (this.answerMs === Infinity) return
    setTimeout(() => {
      visit.endedAt = performance.now()
      response.writeHead(204).end()
    }, this.answerMs)
  }
}
