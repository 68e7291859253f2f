import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, sep } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const kinds: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

/** What a page may do: run its own scripts and workers, and speak to its own server. */
export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export interface ServeOptions {
  readonly port: number
  /** Answers what is not a file of the site; false leaves it to the site. */
  readonly handle?: (request: IncomingMessage, response: ServerResponse, serving: Serving) => boolean
}

export interface Serving {
  readonly address: string
  /** Nobody listens for a while, and what was open is cut; then it goes on at the same address. */
  goDown(forMs: number): Promise<void>
  close(): Promise<void>
}

/** Serves a folder on the loopback interface; takes a free port where its own is taken. */
export async function serve(folder: string, { port, handle }: ServeOptions): Promise<Serving> {
  const server = createServer((request, response) => {
    if (handle?.(request, response, serving) !== true) void answer(folder, request, response)
  })
  await listen(server, port).catch(() => listen(server, 0))
  const { port: own } = server.address() as AddressInfo
  const closing = new AbortController()
  const serving: Serving = {
    address: `http://127.0.0.1:${own}/`,
    async goDown(forMs) {
      await stop(server)
      await setTimeout(forMs, undefined, { signal: closing.signal }).catch(() => {})
      if (!closing.signal.aborted) await listen(server, own)
    },
    close() {
      closing.abort()
      return stop(server)
    },
  }
  return serving
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(folder, request.url ?? '/')
  const headers = {
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
  }
  try {
    if (path === undefined || !['GET', 'HEAD'].includes(request.method ?? '')) throw new Error('no file')
    const body = await readFile(path)
    response.writeHead(200, {
      ...headers,
      'Content-Type': kinds[extname(path)] ?? 'application/octet-stream',
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  } catch {
    response.writeHead(404, { ...headers, 'Content-Type': 'text/plain' }).end('There is nothing here.')
  }
}

/** The file that a request means; undefined if it points out of the folder or at a hidden one. */
function pathOf(folder: string, url: string): string | undefined {
  try {
    const { pathname } = new URL(url, 'http://page')
    const path = normalize(join(folder, decodeURIComponent(pathname)))
    if (!path.startsWith(folder + sep) && path !== folder && path !== folder + sep) return undefined
    if (pathname.split('/').some((part) => part.startsWith('.'))) return undefined
    return pathname.endsWith('/') ? join(path, 'index.html') : path
  } catch {
    return undefined
  }
}
