import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawPhotos } from '../../apps/photos/src/synthetic.ts'
import { eventsOf, runPhotos } from '../photos/photos-process.ts'
import { printTable } from './table-print.ts'

/** The whole example, from its first line to its last: scanning and shrinking photos keeps cores busy. */
export async function run(options: readonly string[]): Promise<void> {
  const rounds = options.includes('--quick') ? 1 : 3
  const photos = 60
  const cores = availableParallelism()
  const folder = mkdtempSync(join(tmpdir(), 'millrace-photos-bench-'))
  const input = join(folder, 'input')
  await drawPhotos(input, photos)
  console.log(`node ${process.version}, ${cores} cores, median of ${rounds}, ${photos} photos`)
  const rates = new Map<number, number[]>([1, 2, cores].map((workers) => [workers, []]))
  for (let round = 0; round < rounds; round++)
    for (const [workers, all] of rates)
      all.push(await rateOf(input, join(folder, `${round}-${workers}`), workers))
  const medians = [...rates].map(
    ([workers, all]) => [workers, all.toSorted((a, b) => a - b)[rounds >> 1]!] as const,
  )
  const [, alone] = medians[0]!
  printTable(
    'npm run photos, start and end of the process included',
    ['workers', 'photos/s', 'speed-up'],
    medians.map(([workers, rate]) => [String(workers), rate.toFixed(1), `${(rate / alone).toFixed(2)} x`]),
  )
  rmSync(folder, { recursive: true })
}

async function rateOf(input: string, output: string, workers: number): Promise<number> {
  const finished = await runPhotos(input, output, '--json', '--concurrency', String(workers))
  if (finished.code !== 0) throw new Error(`npm run photos ended with ${finished.code}: ${finished.stderr}`)
  const { photosPerSecond } = eventsOf(finished).at(-1) as { photosPerSecond: number }
  return photosPerSecond
}
