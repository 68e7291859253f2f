import { availableParallelism } from 'node:os'
import { inChild, medians, rate } from './in-child.ts'
import { grouped, printTable } from './table-print.ts'

const peers = [
  'millrace-enqueue-many',
  'millrace-enqueue',
  'millrace-p-queue',
  'fastq',
  'async-queue',
  'p-queue',
]
const labels: Readonly<Record<string, string>> = {
  'millrace-enqueue-many': 'millrace, enqueueMany',
  'millrace-enqueue': 'millrace, a promise per job',
  'millrace-p-queue': 'millrace, enqueueMany, p-queue in the worker',
  fastq: 'fastq 1 (promise)',
  'async-queue': 'async.queue 3 (promise)',
  'p-queue': 'p-queue 10',
}

/** The machine alone, the whole runtime beside in-memory peers, and the weight of a million queued jobs. */
export async function run(options: readonly string[]): Promise<void> {
  const rounds = options.includes('--quick') ? 1 : 5
  console.log(`node ${process.version}, ${availableParallelism()} cores, median of ${rounds}`)
  const [core] = await medians([['core-cycle', 1_000_000, 100]], rounds)
  printTable(
    'core: enqueue + claim + settle on the memory table, batches of 100',
    ['', 'jobs/s'],
    [['core', grouped(rate(core!))]],
  )
  await againstPeers(rounds)
  const queued = await inChild('millrace-queued', 1_000_000)
  printTable(
    '1,000,000 jobs queued, nobody working',
    ['', 'jobs/s', 'peak MB of the process'],
    [['millrace', grouped(rate(queued)), grouped(queued.peakMb)]],
  )
}

async function againstPeers(rounds: number): Promise<void> {
  const measured = await medians(
    peers.map((name) => [name, 200_000, 10]),
    rounds,
  )
  const slowest = rate(measured[peers.indexOf('p-queue')]!)
  printTable(
    'whole runtime: 200,000 no-op jobs, concurrency 10',
    ['', 'jobs/s', 'against p-queue', 'peak MB'],
    peers.map((name, index) => {
      const one = measured[index]!
      return [labels[name]!, grouped(rate(one)), `${(rate(one) / slowest).toFixed(1)} x`, grouped(one.peakMb)]
    }),
  )
}
