import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { damageAll, type Damages } from './damage.ts'
import { failEverything, type Faults } from './faults.ts'
import { cutPower, type Cuts } from './power-cuts.ts'

export interface SimOptions {
  readonly images: number
  readonly seed: number
  /** Replays one moment of one seed only. */
  readonly step?: number
}

export interface SimReport {
  readonly seeds: number
  readonly cuts: Cuts
  readonly damages: Damages
  readonly faults: Faults
}

const damagedLives = 3
const processes = Math.min(2, availableParallelism())

/** `npm run test:crash -- sim`: a simulated disk, cut off, damaged and failing in every way there is. */
export async function sim(options: SimOptions): Promise<boolean> {
  const started = performance.now()
  if (options.step !== undefined) return replay(options.seed, options.step)
  const share = Math.ceil(options.images / processes)
  const reports = await Promise.all(
    Array.from({ length: processes }, (_, index) => part(options.seed + index * 1_000_000, share)),
  )
  for (const report of reports) if (report === undefined) return false
  const total = (count: (report: SimReport) => number): string =>
    reports.reduce((sum, report) => sum + (report ? count(report) : 0), 0).toLocaleString('en')
  console.log(
    `power cuts   ${total((r) => r.cuts.images)} images of ${total((r) => r.seeds)} lives, ${total((r) => r.cuts.reopened)} of them reopened twice`,
  )
  console.log(
    `damage       ${total((r) => r.damages.truncations)} truncations, ${total((r) => r.damages.flips)} flipped bits: ` +
      `${total((r) => r.damages.damaged)} damaged, ${total((r) => r.damages.torn)} torn, ${total((r) => r.damages.harmless)} harmless`,
  )
  console.log(
    `faults       ${total((r) => r.faults.runs)} runs, ${total((r) => r.faults.cuts)} cuts after them, ` +
      `${total((r) => r.faults.refused)} refused, ${total((r) => r.faults.unknown)} unknown`,
  )
  console.log(`lost 0, invented 0, resurrected 0; ${((performance.now() - started) / 1000).toFixed(0)} s`)
  return true
}

/** What one process does: seeds until it has seen so many images, then the damages and the faults. */
export async function simPart(seed: number, images: number): Promise<SimReport> {
  const cuts: Cuts = { images: 0, reopened: 0 }
  const damages: Damages = { truncations: 0, flips: 0, torn: 0, damaged: 0, harmless: 0 }
  const faults: Faults = { runs: 0, cuts: 0, refused: 0, unknown: 0 }
  const others = async (): Promise<number> => {
    for (let life = 0; life < damagedLives; life++) await damageAll(seed + life, damages)
    await failEverything(faults)
    return damages.truncations + damages.flips + faults.cuts
  }
  let seen = await others()
  let seeds = 0
  for (; seen + cuts.images < images; seeds++) await cutPower(seed + seeds, cuts)
  return { seeds, cuts, damages, faults }
}

async function part(seed: number, images: number): Promise<SimReport | undefined> {
  const argv = [
    '-C',
    '@millrace/source',
    process.argv[1]!,
    'sim-part',
    '--seed',
    String(seed),
    '--images',
    String(images),
  ]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise((resolve) => child.once('close', resolve))
  return code === 0 ? (JSON.parse(output) as SimReport) : undefined
}

async function replay(seed: number, step: number): Promise<boolean> {
  const cuts: Cuts = { images: 0, reopened: 0 }
  await cutPower(seed, cuts, step)
  console.log(`seed ${seed}, step ${step}: ${cuts.images} images, nothing wrong`)
  return true
}
