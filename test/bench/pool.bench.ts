import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../browser/bundled-workers.ts'
import { inChild, rate, type Measured } from './in-child.ts'
import { contenders } from './pool/contender.ts'
import { grouped, printTable } from './table-print.ts'

const names = Object.keys(contenders)
const labels: Readonly<Record<string, string>> = {
  tinypool: 'tinypool 2.2.0, defaults',
  piscina: 'piscina 5.3.2, defaults',
  comlink: 'bare comlink 4.4.2',
  postMessage: 'bare postMessage',
}

interface Death {
  readonly knownMs: number | null
  readonly nextMs: number | null
}

/** Workers under load and under death, beside what else there is. */
export async function run(options: readonly string[]): Promise<void> {
  const rounds = options.includes('--quick') ? 1 : 5
  const cores = availableParallelism()
  console.log(`node ${process.version}, ${cores} cores, median of ${rounds}`)
  const folder = mkdtempSync(join(tmpdir(), 'millrace-pool-bench-'))
  process.env.MILLRACE_BENCH_WORKER = join(folder, 'millrace.worker.mjs')
  writeFileSync(
    process.env.MILLRACE_BENCH_WORKER,
    await bundle(join(import.meta.dirname, 'pool/millrace.worker.ts')),
  )
  await roundTrips(rounds)
  await cpuTasks(rounds, cores)
  await copies(rounds)
  await starts(rounds)
  await deaths(rounds)
  rmSync(folder, { recursive: true })
}

async function roundTrips(rounds: number): Promise<void> {
  const one = await rates(rounds, 'noop', 1, 100_000, 100)
  const three = await rates(rounds, 'noop', 3, 100_000, 100)
  const serial = await rates(rounds, 'noop', 1, 10_000, 1)
  printTable(
    'round trips/s of no-op calls',
    ['', '100 in flight, 1 worker', '100 in flight, 3 workers', 'one at a time'],
    names.map((name) => [label(name), ...[one, three, serial].map((column) => grouped(column.get(name)!))]),
  )
  const mine = one.get('millrace')!
  const bare = one.get('comlink')!
  verdict('above tinypool and piscina', mine > one.get('tinypool')! && mine > one.get('piscina')!)
  verdict(
    `${(mine / bare).toFixed(1)} x bare comlink (target: 0.7, and 3 with batches of tiny calls)`,
    mine >= 3 * bare,
  )
}

async function cpuTasks(rounds: number, cores: number): Promise<void> {
  const calls = 2_000
  const all = await rates(rounds, 'spin', cores, calls, cores * 4)
  const speedUp = (name: string): number => all.get(name)! / 1_000
  printTable(
    `tasks of 1 ms on ${cores} workers: speed-up`,
    ['', 'x', 'of linear'],
    names.map((name) => [
      label(name),
      speedUp(name).toFixed(2),
      `${((speedUp(name) / cores) * 100).toFixed(0)} %`,
    ]),
  )
  verdict('at least 0.9 of linear', speedUp('millrace') >= 0.9 * cores)
}

async function copies(rounds: number): Promise<void> {
  const copied = await rates(rounds, 'copy', 1, 2_000, 4)
  const moved = await rates(rounds, 'transfer', 1, 2_000, 4)
  printTable(
    'payloads of 1 MiB per second, 1 worker',
    ['', 'copied', 'transferred'],
    names.map((name) => [label(name), grouped(copied.get(name)!), grouped(moved.get(name)!)]),
  )
}

async function starts(rounds: number): Promise<void> {
  const first = new Map<string, number>()
  for (const name of names) {
    const runs: Measured[] = []
    for (let round = 0; round < rounds; round++) runs.push(await inChild('pool-first', name))
    first.set(name, median(runs.map(({ seconds }) => seconds * 1_000)))
  }
  printTable(
    'from nothing to the first answer',
    ['', 'ms'],
    names.map((name) => [label(name), first.get(name)!.toFixed(0)]),
  )
}

async function deaths(rounds: number): Promise<void> {
  const kinds = ['exit', 'uncaught', 'hang'] as const
  const rows: string[][] = []
  const targets: boolean[] = []
  for (const name of names) {
    const row = [label(name)]
    for (const kind of kinds) {
      const runs: Death[] = []
      for (let round = 0; round < rounds; round++)
        runs.push((await inChild('pool-death', name, kind)) as unknown as Death)
      const known = median(runs.map(({ knownMs }) => knownMs ?? Infinity))
      const next = median(runs.map(({ nextMs }) => nextMs ?? Infinity))
      row.push(shown(known), shown(next))
      if (name === 'millrace') targets.push(known <= 5 && next <= 2)
    }
    rows.push(row)
  }
  printTable(
    'a death: ms until the caller knows, and from then until the next job has run (a hang: after its deadline of 100 ms)',
    ['', 'process.exit', 'next', 'uncaught throw', 'next', 'hang', 'next'],
    rows,
  )
  for (const [index, kind] of kinds.entries())
    verdict(`${kind}: known within 5 ms, next job within 2 ms`, targets[index]!)
}

async function rates(
  rounds: number,
  kind: string,
  workers: number,
  calls: number,
  inFlight: number,
): Promise<ReadonlyMap<string, number>> {
  const measured = new Map<string, number>()
  const runs = new Map<string, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const name of names)
      runs.get(name)!.push(rate(await inChild('pool-rate', name, kind, workers, calls, inFlight)))
  for (const [name, all] of runs) measured.set(name, median(all))
  return measured
}

function label(name: string): string {
  return labels[name] ?? name
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!
}

/** JSON has no Infinity: what never came is null. */
function shown(ms: number): string {
  return ms === Infinity ? 'never' : ms.toFixed(1)
}

function verdict(what: string, isReached: boolean): void {
  console.log(`${isReached ? 'reached' : 'MISSED '}  ${what}`)
}
