import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright'
import { expect } from 'vitest'
import { serve } from '../../apps/demo/server/serve.ts'
import { uploadHandler } from '../../apps/demo/upload/server/upload-handler.ts'
import { sampleBytes } from '../browser/sample-bytes.ts'
import type { Place, Site } from './site.ts'

/** An upload server of its own: what it does is felt by no other test. */
export interface LabServer extends Place, AsyncDisposable {
  readonly arrivals: string
}

/** One visitor of the upload lab. */
export interface Visit extends AsyncDisposable {
  readonly server: LabServer
  page: Page
}

/** A file that a visitor chose. */
export interface Sent {
  readonly name: string
  readonly hash: string
}

export async function labServer(site: Site): Promise<LabServer> {
  const arrivals = await mkdtemp(join(tmpdir(), 'millrace-arrivals-'))
  const serving = await serve(site.folder, { port: 0, handle: uploadHandler(arrivals) })
  const heard: string[] = []
  return {
    address: serving.address,
    heard,
    arrivals,
    async [Symbol.asyncDispose]() {
      await serving.close()
      await rm(arrivals, { recursive: true })
      // Cut lines and refusals are what these tests are about.
      expect(heard.filter((text) => !/Failed to load resource|net::ERR_/.test(text))).toEqual([])
    },
  }
}

export async function visitLab(site: Site, options?: BrowserContextOptions): Promise<Visit> {
  const server = await labServer(site)
  const page = await site.open('upload/', options, server)
  const visit = {
    server,
    page,
    async [Symbol.asyncDispose]() {
      await visit.page.context().close()
      await server[Symbol.asyncDispose]()
    },
  }
  return visit
}

export async function setServer(page: Page, mood: string): Promise<void> {
  await Promise.all([
    page.waitForResponse((response) => response.url().includes(`is=${mood}`)),
    page.getByLabel('The server').selectOption(mood),
  ])
}

/** Hands files to the page, as its own "choose some" does. */
export async function choose(
  page: Page,
  names: readonly string[],
  size = 1_000_000,
): Promise<readonly Sent[]> {
  const files = names.map((name, index) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(sampleBytes(index + 1, size)),
  }))
  await page.locator('input[type=file]').setInputFiles(files)
  return files.map(({ name, buffer }) => ({ name, hash: hashOf(buffer) }))
}

/** Some of a file is at the server, and some is not. */
export async function midway(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLProgressElement>('[data-state=processing] progress')].some(
      ({ value }) => value > 0.2 && value < 0.8,
    ),
  )
}

export const heading = (page: Page, text: string): Promise<void> =>
  page.getByRole('heading', { name: text }).waitFor()

/** The page says that all have arrived, and the server has the bytes of each. */
export async function expectArrival(
  { page, server }: Pick<Visit, 'page' | 'server'>,
  sent: readonly Sent[],
): Promise<void> {
  await heading(page, `Arrived (${sent.length})`)
  const arrived = wholeFiles(server.arrivals)
  for (const { name, hash } of sent)
    expect(new Set(arrived.filter((one) => one.name === name).map((one) => one.hash))).toEqual(
      new Set([hash]),
    )
}

export const row = (page: Page, name: string): ReturnType<Page['locator']> =>
  page.locator(`[data-file="${name}"]`)

/** Opens a file's inside; answers what it says of one fact. */
export async function fact(page: Page, name: string, term: string): Promise<string | null> {
  await inspect(page, name)
  return row(page, name).locator(`[data-fact="${term}"]`).textContent()
}

export async function inspect(page: Page, name: string): Promise<void> {
  if ((await row(page, name).locator('.inside').count()) === 0)
    await row(page, name).getByText(`Inspect ${name}`).click()
}

/** What the server has in full, by what it keeps beside each file. */
function wholeFiles(arrivals: string): readonly Sent[] {
  return readdirSync(arrivals)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const { id, size, metadata } = JSON.parse(readFileSync(join(arrivals, name), 'utf8')) as {
        readonly id: string
        readonly size: number
        readonly metadata: { readonly filename: string }
      }
      return { size, name: metadata.filename, bytes: readFileSync(join(arrivals, id)) }
    })
    .filter(({ size, bytes }) => bytes.length === size)
    .map(({ name, bytes }) => ({ name, hash: hashOf(bytes) }))
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
