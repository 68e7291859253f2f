import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { inChild, medians, rate, type Measured } from './in-child.ts'
import { grouped, printTable } from './table-print.ts'

interface FillRun {
  readonly bytesPerJob: number
}

/** The file store end to end, worker running, beside the physical limit (a bare log of the same bytes) and SQLite. */
export async function run(options: readonly string[]): Promise<void> {
  const rounds = options.includes('--quick') ? 1 : 3
  const { bytesPerJob } = (await inChild('file-millrace', 5_000, 100, 'os')) as Measured & {
    bytesPerJob: number
  }
  const bytes = Math.round(bytesPerJob)
  console.log(
    `node ${process.version}, ${availableParallelism()} cores, median of ${rounds}; ${bytes} bytes of log per job; every acknowledgement flushed`,
  )
  console.log(
    'liteque and better-queue-sqlite are left out: their better-sqlite3 is native code that npm ci cannot install without a compiler or a download from GitHub',
  )
  await endToEnd(1, 3_000, bytes, rounds)
  await endToEnd(100, 100_000, bytes, rounds)
  await pickup(bytes, rounds)
  await afterwards(rounds)
}

/** Opening what was left, what waits in memory, and what follows on a crash. */
async function afterwards(rounds: number): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const store = (name: string): string => join(parent, name)
  const rows: (readonly string[])[] = []
  const add = (what: string, figure: string, target: string): number => rows.push([what, figure, target])
  try {
    for (const [jobs, target] of [
      [100_000, '200 ms'],
      [1_000_000, '1,500 ms'],
    ] as const) {
      await inChild('file-fill', store(`${jobs}`), jobs, 100)
      const [opened] = await medians([['file-recovery', store(`${jobs}`)]], rounds)
      add(`open a store of ${grouped(jobs)} live jobs`, `${grouped(opened!.seconds * 1000)} ms`, target)
    }
    const waiting = (await inChild('file-fill', store('heavy'), 100_000, 4096)) as Measured & FillRun
    add('memory of a pending job with 4 KiB payload', `${grouped(waiting.bytesPerJob)} bytes`, '300 bytes')
    const taken = await inChild('file-takeover', 5)
    const takeoverMs = (taken.seconds / taken.jobs) * 1000
    add('takeover after kill -9 of the owner', `${takeoverMs.toFixed(1)} ms`, '50 ms')
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
  printTable('what stays', ['', 'measured', 'at most'], rows)
}

async function endToEnd(producers: number, jobs: number, bytes: number, rounds: number): Promise<void> {
  const [bare, ours, sqlite, plainjob] = (await medians(
    [
      ['file-bare', jobs, producers, bytes],
      ['file-millrace', jobs, producers, 'disk'],
      ['file-sqlite', Math.min(jobs, 5_000), producers],
      ['file-plainjob', Math.min(jobs, 3_000), producers],
    ],
    rounds,
  )) as [Measured, Measured, Measured, Measured]
  const row = (name: string, one: Measured): readonly string[] => [
    name,
    grouped(rate(one)),
    `${(rate(one) / rate(bare)).toFixed(2)} x`,
  ]
  printTable(
    `enqueue, claim, handle, settle; ${producers} producer${producers === 1 ? '' : 's'}`,
    ['', 'jobs/s', 'of the bare log'],
    [
      row('bare preallocated log, write + fdatasync', bare),
      row('millrace on the file store', ours),
      row('node:sqlite, WAL, synchronous=FULL: a flush per commit', sqlite),
      row('plainjob 0.0.14, made to do the same (its default flushes no commit)', plainjob),
    ],
  )
}

async function pickup(bytes: number, rounds: number): Promise<void> {
  const contenders = [['file-bare-pickup', 300, bytes] as const, ['file-pickup', 300] as const]
  const [bare, ours] = (await medians(contenders, rounds)) as [Measured, Measured]
  const ms = (one: Measured): string => ((one.seconds / one.jobs) * 1000).toFixed(3)
  printTable(
    'an idle queue: from enqueue to the start of the handler, median',
    ['', 'ms', 'of the bare log'],
    [
      ['bare log, one write + fdatasync', ms(bare), '1.00 x'],
      ['millrace on the file store', ms(ours), `${(ours.seconds / bare.seconds).toFixed(2)} x`],
    ],
  )
}
