import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { inChild, medians, rate, type Measured } from './in-child.ts'
import { grouped, printTable } from './table-print.ts'

const millraceJobs = 1_000_000
const simjsJobs = 200_000
const simpyJobs = 50_000

/** M/M/1 and M/M/10 through the production core, beside simulators that run no product; `--black-friday` adds its ten million jobs. */
export async function run(options: readonly string[]): Promise<void> {
  const rounds = options.includes('--quick') ? 1 : 3
  console.log(`node ${process.version}, median of ${rounds}`)
  for (const workers of [1, 10]) {
    const [millrace, simjs] = await medians(
      [
        ['sim-millrace', workers, millraceJobs],
        ['sim-simjs', workers, simjsJobs],
      ],
      rounds,
    )
    const simpy = await runSimPy(workers)
    const row = (name: string, measured: Measured | undefined): string[] =>
      measured === undefined
        ? [name, 'not installed', '']
        : [name, grouped(rate(measured)), `${(rate(millrace!) / rate(measured)).toFixed(1)} x`]
    printTable(
      `M/M/${workers} at 0.9 of its capacity`,
      ['', 'jobs/s', 'millrace against it'],
      [
        row('millrace, the production core', millrace),
        row('SIM.JS 2', simjs),
        row('SimPy 2 (python3-simpy)', simpy),
      ],
    )
  }
  if (options.includes('--black-friday')) await blackFriday()
}

async function blackFriday(): Promise<void> {
  const measured = await inChild('sim-black-friday')
  printTable(
    "Black Friday's minute",
    ['', 'jobs', 'seconds', 'jobs/s', 'peak MB'],
    [
      [
        'millrace, one core',
        grouped(measured.jobs),
        measured.seconds.toFixed(1),
        grouped(rate(measured)),
        grouped(measured.peakMb),
      ],
    ],
  )
}

/** Undefined where Python has no SimPy. */
function runSimPy(workers: number): Promise<Measured | undefined> {
  const script = join(import.meta.dirname, 'contenders/sim-simpy.py')
  return new Promise((resolve) => {
    execFile('/usr/bin/python3', [script, String(workers), String(simpyJobs)], (error, out) =>
      resolve(error === null ? ({ ...(JSON.parse(out) as object), peakMb: 0 } as Measured) : undefined),
    )
  })
}
