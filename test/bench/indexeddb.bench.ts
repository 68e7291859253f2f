import { availableParallelism } from 'node:os'
import type { Page } from 'playwright'
import { BenchBrowser } from './indexeddb/bench-browser.ts'
import type { PageBench } from './indexeddb/page.ts'
import { grouped, printTable } from './table-print.ts'

declare const bench: PageBench

const labels: Readonly<Record<string, string>> = {
  millrace: 'millrace',
  bare: 'bare transactions, one record, no index',
  rawRows: 'raw idb, one row per job, one index',
  dexie: 'Dexie 4.2.1',
  localforage: 'localForage 1.10.0 (relaxed)',
  workbox: 'workbox-background-sync 7.3.0 (relaxed)',
}

/** A scenario, how many jobs it runs, and who takes part. */
const columns = [
  ['single', 'one awaited', 300],
  ['coalesced', 'coalesced', 1_000],
  ['batches', 'batches of 100', 5_000],
  ['slots1', '1 slot', 200],
  ['slots10', '10 slots', 1_000],
  ['slots50', '50 slots', 2_000],
  ['cycle100', 'enqueue+claim+settle at 100', 3_000],
] as const

type Rates = ReadonlyMap<string, ReadonlyMap<string, number>>

/** Queues in IndexedDB side by side, in this machine's Chromium on a profile on the disk. `--sqlite` takes its new engine. */
export async function run(options: readonly string[]): Promise<void> {
  const rounds = options.includes('--quick') ? 1 : 3
  const isSqlite = options.includes('--sqlite')
  const browser = await BenchBrowser.launch(isSqlite ? ['--enable-features=IdbSqliteBackingStore'] : [])
  try {
    const engine = isSqlite ? 'SQLite' : 'LevelDB'
    console.log(
      `Chromium ${browser.version}, ${engine}, ${availableParallelism()} cores, median of ${rounds}; strict where not said otherwise`,
    )
    judge(await rates(await browser.newTab(), rounds))
    await tabs(browser, rounds)
    await openings(browser, rounds)
  } finally {
    await browser.close()
  }
}

async function rates(page: Page, rounds: number): Promise<Rates> {
  const all = new Map<string, ReadonlyMap<string, number>>()
  for (const [scenario, , count] of columns) all.set(scenario, await ratesOf(page, scenario, count, rounds))
  const rows = Object.keys(labels).map((name) => [
    labels[name]!,
    ...columns.map(([scenario]) => shown(all.get(scenario)!.get(name))),
  ])
  printTable(
    'jobs/s: enqueue (3 columns), claim+settle (3), all three',
    ['', ...columns.map(([, title]) => title)],
    rows,
  )
  return all
}

async function ratesOf(
  page: Page,
  scenario: string,
  count: number,
  rounds: number,
): Promise<ReadonlyMap<string, number>> {
  const names = Object.keys(labels).filter((name) => name !== 'bare' || !/slots|cycle/.test(scenario))
  const measured = new Map<string, number[]>(names.map((name) => [name, []]))
  // Nobody is measured while the engine still learns the code.
  for (const name of names) await measure(page, name, scenario, 100)
  for (let round = 0; round < rounds; round++)
    for (const name of names)
      measured.get(name)!.push(await measure(page, name, scenario, jobsFor(name, count)))
  return new Map([...measured].map(([name, values]) => [name, median(values)]))
}

/** Fewer for those that take a transaction for each job, so that nobody waits for minutes. */
function jobsFor(name: string, count: number): number {
  return name === 'localforage' || name === 'workbox' ? Math.min(count, 300) : count
}

function measure(page: Page, name: string, scenario: string, count: number): Promise<number> {
  return page.evaluate(([one, what, jobs]) => bench.measure(one, what, jobs), [
    name,
    scenario,
    count,
  ] as const)
}

function judge(all: Rates): void {
  const rate = (scenario: string, name: string): number => all.get(scenario)!.get(name)!
  const against = (scenario: string, name: string): number =>
    rate(scenario, 'millrace') / rate(scenario, name)
  verdict(against('single', 'bare'), 0.8, 'a single awaited enqueue, of a bare strict transaction')
  verdict(against('batches', 'rawRows'), 4, 'batches of 100, raw rows')
  verdict(against('cycle100', 'rawRows'), 15, 'enqueue, claim and settle at 100, raw rows')
  verdict(against('cycle100', 'localforage'), 5, 'end to end, localForage')
  verdict(against('cycle100', 'workbox'), 5, 'end to end, Workbox')
}

async function tabs(browser: BenchBrowser, rounds: number): Promise<void> {
  const one: number[] = []
  const four: number[] = []
  for (let round = 0; round < rounds; round++) {
    one.push(await drainWith(browser, 1))
    four.push(await drainWith(browser, 4))
  }
  printTable(
    'tabs that claim and settle 8,000 jobs at 50 slots each',
    ['tabs', 'jobs/s'],
    [
      ['1', grouped(median(one))],
      ['4 together', grouped(median(four))],
    ],
  )
  verdict(median(four) / median(one), 1, 'four tabs together, of one')
}

async function drainWith(browser: BenchBrowser, count: number): Promise<number> {
  const name = crypto.randomUUID()
  const pages: Page[] = []
  for (let tab = 0; tab < count; tab++) pages.push(await browser.newTab())
  await pages[0]!.evaluate((store) => bench.fill('millrace', store, 8_000), name)
  for (const page of pages) await page.evaluate((store) => bench.prepareDrain('millrace', store), name)
  const drained = await Promise.all(pages.map((page) => page.evaluate(() => bench.drain(50))))
  for (const page of pages) await page.close()
  const jobs = drained.reduce((sum, one) => sum + one.jobs, 0)
  const ms = Math.max(...drained.map(({ to }) => to)) - Math.min(...drained.map(({ from }) => from))
  return (jobs / ms) * 1_000
}

async function openings(browser: BenchBrowser, rounds: number): Promise<void> {
  for (const [count, limitMs] of [
    [10_000, 50],
    [100_000, 400],
  ] as const) {
    const name = crypto.randomUUID()
    const first = await browser.newTab()
    await first.evaluate(([store, jobs]) => bench.fill('millrace', store, jobs), [name, count] as const)
    await first.close()
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const page = await browser.newTab()
      times.push(await page.evaluate((store) => bench.open('millrace', store), name))
      await page.close()
    }
    const isReached = median(times) <= limitMs
    console.log(
      `${isReached ? 'reached' : 'MISSED '}  a fresh tab opens ${grouped(count)} waiting jobs in ${median(times).toFixed(0)} ms (target: ${limitMs} ms)`,
    )
  }
}

function shown(rate: number | undefined): string {
  return rate === undefined ? '' : grouped(rate)
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!
}

function verdict(ratio: number, target: number, what: string): void {
  console.log(
    `${ratio >= target ? 'reached' : 'MISSED '}  ${ratio.toFixed(2)} x (target: ${target} x)  ${what}`,
  )
}
