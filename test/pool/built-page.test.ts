import { readFile } from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { chromium } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { build } from 'vite'
import { chromiumFlags, findChromium } from '../browser/chromium.ts'

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' }
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'"

async function buildPage(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'millrace-page-'))
  onTestFinished(() => rm(outDir, { recursive: true }))
  await build({
    root: join(import.meta.dirname, 'page'),
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['@millrace/source', 'browser', 'module', 'import', 'default'] },
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: false, target: 'esnext' },
  })
  return outDir
}

async function serve(folder: string): Promise<string> {
  const server: Server = createServer((request, response) => {
    const path = join(
      folder,
      request.url === '/' ? 'index.html' : new URL(request.url!, 'http://page').pathname,
    )
    readFile(path).then(
      (body) =>
        response
          .writeHead(200, {
            'Content-Type': types[extname(path)] ?? 'text/plain',
            'Content-Security-Policy': policy,
          })
          .end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const executablePath = findChromium()

test.skipIf(executablePath === undefined)(
  'a bundled page runs jobs in workers under a policy that forbids eval and inline scripts',
  { timeout: 30_000 },
  async () => {
    const address = await serve(await buildPage())
    const browser = await chromium.launch({ executablePath: executablePath!, args: [...chromiumFlags] })
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    await page.goto(address)
    await page.waitForFunction("document.title !== 'waiting'", undefined, { polling: 20 }).catch(() => {})
    expect({ title: await page.title(), complaints }).toEqual({
      title: '{"ok":true,"value":42}',
      complaints: [],
    })
  },
)
