import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../../browser/bundled-workers.ts'
import { ensureChromium } from '../../browser/chromium.ts'
import { whyNoPowerCuts } from '../power/command.ts'
import { command, LoopDevice } from '../power/loop-device.ts'
import { below, type Random } from '../sim/random.ts'
import { tryOften } from '../tries.ts'
import { CutBrowser } from './cut-browser.ts'
import type { PagePower } from './page.ts'

declare const power: PagePower

const engines: Readonly<Record<string, readonly string[]>> = {
  LevelDB: [],
  SQLite: ['--enable-features=IdbSqliteBackingStore'],
}
const deviceSize = '256M'
const longestLifeMs = 600
const controlCuts = 5

interface Tally {
  cuts: number
  withLoss: number
  acknowledged: number
  lost: number
}

interface Bench {
  readonly program: string
  readonly shutdown: string
  readonly url: string
}

/**
 * `npm run test:crash -- indexeddb`: cuts the file system under a browser's profile off from its device while a page
 * enqueues, and looks for everything that was acknowledged before. Relaxed transactions must be seen to lose.
 */
export async function indexedDb({
  cuts,
  seed,
}: {
  readonly cuts: number
  readonly seed: number
}): Promise<boolean> {
  const chromium = ensureChromium()
  const reason = 'missing' in chromium ? chromium.missing : whyNoPowerCuts()
  if (reason !== undefined || 'missing' in chromium) {
    console.log(`indexeddb: skipped, ${reason}`)
    return true
  }
  const folder = mkdtempSync(join(tmpdir(), 'millrace-shutdown-'))
  const server = await serve()
  try {
    const shutdown = join(folder, 'shutdown')
    command('cc', '-O2', '-o', shutdown, join(import.meta.dirname, '../power/shutdown.c'))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    return await cutAll({ program: chromium.path, shutdown, url }, cuts, seed)
  } finally {
    server.close()
    rmSync(folder, { recursive: true })
  }
}

async function cutAll(bench: Bench, cuts: number, seed: number): Promise<boolean> {
  let fine = true
  for (const engine of Object.keys(engines)) {
    const strict = await cutOften(bench, engine, 'strict', cuts, seed)
    fine &&= strict.withLoss === 0 && strict.acknowledged > 0
    const control = await cutOften(bench, engine, 'relaxed', Math.min(cuts, controlCuts), seed)
    if (control.withLoss > 0) continue
    console.error(`${engine}: the control with relaxed transactions lost nothing, so this test sees nothing`)
    fine = false
  }
  return fine
}

async function cutOften(
  bench: Bench,
  engine: string,
  durability: 'strict' | 'relaxed',
  cuts: number,
  seed: number,
): Promise<Tally> {
  const tally: Tally = { cuts: 0, withLoss: 0, acknowledged: 0, lost: 0 }
  using device = new LoopDevice('ext4', deviceSize)
  await tryOften({ command: 'indexeddb', unit: 'cuts', count: cuts, seed }, async (random) => {
    const isWhole = await cutOnce(bench, device, engine, durability, random, tally)
    return isWhole || durability === 'relaxed'
  })
  console.log(
    `${engine.padEnd(8)}${durability.padEnd(8)} ${tally.cuts} cuts, ${tally.withLoss} with a loss; ` +
      `${tally.acknowledged.toLocaleString('en')} acknowledged, ${tally.lost.toLocaleString('en')} lost`,
  )
  return tally
}

async function cutOnce(
  { program, shutdown, url }: Bench,
  device: LoopDevice,
  engine: string,
  durability: 'strict' | 'relaxed',
  random: Random,
  tally: Tally,
): Promise<boolean> {
  device.format()
  const profile = join(device.mountPoint, 'profile')
  const acknowledged: { readonly id: number; readonly at: bigint }[] = []
  const browser = await CutBrowser.launch(program, profile, engines[engine]!, url)
  await browser.page.exposeFunction('acknowledge', (id: number) => {
    acknowledged.push({ id, at: process.hrtime.bigint() })
  })
  browser.page.evaluate((mode) => power.write(mode), durability).catch(() => {})
  while (acknowledged.length === 0) await pause(5)
  await pause(below(random, longestLifeMs))
  const [before = '0'] = command(shutdown, device.mountPoint).split(' ')
  await browser.kill()
  await device.unmountPatiently()
  device.mount()
  // A flush that is under way while the power goes may report success and still be lost: only what was told before counts.
  const told = acknowledged.filter(({ at }) => at < BigInt(before)).map(({ id }) => `job-${id}`)
  const isWhole = note(tally, told, await storedAfterCut(program, profile, engine, url))
  await device.unmountPatiently()
  return isWhole
}

async function storedAfterCut(
  program: string,
  profile: string,
  engine: string,
  url: string,
): Promise<ReadonlySet<string>> {
  const browser = await CutBrowser.launch(program, profile, engines[engine]!, url)
  try {
    return new Set(await browser.page.evaluate(() => power.stored()))
  } finally {
    await browser.kill()
  }
}

function note(tally: Tally, told: readonly string[], stored: ReadonlySet<string>): boolean {
  const lost = told.filter((id) => !stored.has(id))
  tally.cuts += 1
  tally.acknowledged += told.length
  tally.lost += lost.length
  if (lost.length > 0) tally.withLoss += 1
  return lost.length === 0
}

/** The same port for every browser of a run: it is part of the origin. */
async function serve(): Promise<Server> {
  const code = await bundle(join(import.meta.dirname, 'page.ts'))
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? code : '<!doctype html><script type="module" src="/page.js"></script>')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return server
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
