import { availableParallelism } from 'node:os'
import { inChild, medians, rate, type Measured } from './in-child.ts'
import { grouped, printTable } from './table-print.ts'

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
  await endToEnd(1, 3_000, bytes, rounds)
  await endToEnd(100, 100_000, bytes, rounds)
  await pickup(bytes, rounds)
}

async function endToEnd(producers: number, jobs: number, bytes: number, rounds: number): Promise<void> {
  const [bare, ours, sqlite] = (await medians(
    [
      ['file-bare', jobs, producers, bytes],
      ['file-millrace', jobs, producers, 'disk'],
      ['file-sqlite', Math.min(jobs, 5_000), producers],
    ],
    rounds,
  )) as [Measured, Measured, Measured]
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
      row('node:sqlite, WAL, synchronous=FULL', sqlite),
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
