import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { Browser, type Page } from './devtools.ts'
import { pageFiles } from './page-files.ts'
import type { LabOptions } from './pages/upload-page.ts'
import { until } from './until.ts'
import { enter, seen, type Sent } from './upload-lab-page.ts'
import { UploadServer } from './upload-server.ts'

export interface UploadLab extends AsyncDisposable {
  readonly server: UploadServer
  browser: Browser
  page: Page
  readonly options: LabOptions
}

export interface LabPlace {
  /** Bytes that the origin gets. */
  readonly quotaSize?: number
  /** Pages that cannot be had at first. */
  readonly withheld?: RegExp
  /** Runs in the page before any other script. */
  readonly prelude?: string
  /** For a browser of its own, that may be killed; deleted in the end. */
  readonly profile?: string
}

let shared: { readonly profile: string; readonly browser: Promise<Browser> } | undefined

/** One for all tests of a file: each has its own server, hence its own origin and its own storage. */
function sharedBrowser(): Promise<Browser> {
  if (shared === undefined) {
    const profile = newProfile()
    shared = { profile, browser: Browser.launch(profile) }
  }
  return shared.browser
}

afterAll(async () => {
  if (shared !== undefined) await closeAndForget(await shared.browser, shared.profile)
  shared = undefined
})

async function closeAndForget(browser: Browser, profile: string): Promise<void> {
  await browser.close()
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
}

export function newProfile(): string {
  return mkdtempSync(join(tmpdir(), 'millrace-profile-'))
}

/** A browser with a profile on disk, a tus server, and a page that uploads from the one to the other. */
export async function uploadLab(options: LabOptions = {}, where: LabPlace = {}): Promise<UploadLab> {
  const { quotaSize, profile, withheld, prelude } = where
  const pages = await pageFiles(join(import.meta.dirname, 'pages/upload-page.ts'))
  const server = new UploadServer(mkdtempSync(join(tmpdir(), 'millrace-tus-')), pages)
  server.withheld = withheld
  await server.up()
  const browser = profile === undefined ? await sharedBrowser() : await Browser.launch(profile)
  const lab: UploadLab = {
    server,
    browser,
    page: await browser.open('about:blank', prelude),
    options,
    async [Symbol.asyncDispose]() {
      // A test may have closed its page itself.
      if (profile === undefined) await lab.page.close().catch(() => {})
      else await closeAndForget(lab.browser, profile)
      await server.close()
    },
  }
  // It counts from before the first database is opened.
  if (quotaSize !== undefined)
    await lab.page.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize })
  await lab.page.goto(server.origin)
  await enter(lab.page, options)
  return lab
}

/** Waits until every file is completed, and compares what the server has with what was sent. */
export async function expectArrival(lab: UploadLab, sent: readonly Sent[], withinMs?: number): Promise<void> {
  try {
    await until(
      'all files completed',
      async () => {
        const jobs = await seen(lab.page)
        return sent.every(({ id }) => jobs.find((job) => job.id === id)?.state === 'completed')
      },
      withinMs,
    )
  } catch (error) {
    throw new Error(`${String(error)}\n${JSON.stringify(await seen(lab.page), undefined, 1)}`)
  }
  const wrong = sent.filter(({ id, hash }) => {
    const arrived = lab.server.arrivals.filter(({ key }) => key === id)
    return arrived.length === 0 || arrived.some((one) => one.hash !== hash)
  })
  if (wrong.length > 0) throw new Error(`wrong at the server: ${JSON.stringify(wrong)}`)
}

/** Parts of a file are at the server, others are not. */
export function midway(lab: UploadLab): Promise<unknown> {
  return until('an upload is half way', async () =>
    (await seen(lab.page)).find(
      ({ state, progress = 0 }) => state === 'processing' && progress > 0.2 && progress < 0.9,
    ),
  )
}
