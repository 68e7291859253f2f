import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { FileStore } from '@tus/file-store'
import { Server as TusServer } from '@tus/server'
import { actMoody, type Mood } from '../../apps/demo/upload/server/mood.ts'
import type { PageFiles } from './page-files.ts'

export interface Arrival {
  /** The idempotency key of the request that began it. */
  readonly key: string
  readonly name: string
  readonly hash: string
}

/** A real tus server, a folder for whole files (`put`), and the pages under test, all on one port. */
export class UploadServer {
  readonly arrivals: Arrival[] = []
  /** Idempotency keys of all requests that carried bytes, in order. */
  readonly keys: string[] = []
  /** Requests answered by moods instead of by the server. */
  refused = 0
  mood: Mood = { kind: 'well' }
  /** Pages that cannot be had. */
  withheld: RegExp | undefined
  /** Requests with this token only, once it is set. */
  token: string | undefined
  readonly #directory: string
  readonly #tus: TusServer
  readonly #pages: Map<string, { readonly type: string; readonly body: string }>
  readonly #sockets = new Set<Socket>()
  readonly #puts = new Map<string, Buffer>()
  #server: Server | undefined
  #port = 0

  constructor(directory: string, pages: PageFiles) {
    this.#directory = directory
    this.#pages = new Map(pages)
    this.#tus = new TusServer({
      path: '/files',
      datastore: new FileStore({ directory }),
      onUploadCreate: async (request, upload) => ({
        metadata: { ...upload.metadata, key: request.headers.get('idempotency-key') },
      }),
      onUploadFinish: async (_, upload) => {
        const bytes = readFileSync(join(directory, upload.id))
        const { key = '', filename = '' } = upload.metadata ?? {}
        this.arrivals.push({ key: key ?? '', name: filename ?? '', hash: hashOf(bytes) })
        return {}
      },
    })
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** One page more. */
  serve(path: string, type: string, body: string): void {
    this.#pages.set(path, { type, body })
  }

  /** Begins to listen, on the same port each time. */
  async up(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response))
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** Nobody listens any more, and what was open is cut. */
  async down(): Promise<void> {
    const closed = once(this.#server!, 'close')
    this.#server!.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async close(): Promise<void> {
    await this.down()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    if (this.withheld?.test(path) === true) return void request.socket.resetAndDestroy()
    const page = this.#pages.get(path.split('?')[0]!)
    if (page !== undefined) return send(response, 200, { 'Content-Type': page.type }, page.body)
    if (!/^\/(files|put)/.test(path)) return send(response, 404)
    const key = request.headers['idempotency-key']
    if (typeof key === 'string' && request.method !== 'HEAD') this.keys.push(key)
    if (this.token !== undefined && request.headers.authorization !== this.token) return send(response, 401)
    if (await actMoody(this.mood, request, response)) {
      this.refused++
      return
    }
    if (path.startsWith('/files')) await this.#tus.handle(request, response)
    else await this.#put(path, request, response)
  }

  async #put(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const bytes = Buffer.concat(chunks)
    this.#puts.set(path, bytes)
    this.arrivals.push({ key: String(request.headers['idempotency-key']), name: path, hash: hashOf(bytes) })
    send(response, 201)
  }
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): void {
  response.writeHead(status, headers).end(body)
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
