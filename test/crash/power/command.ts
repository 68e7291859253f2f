import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ledger, storedUpTo } from '../ledger.ts'
import { below, type Random } from '../sim/random.ts'
import { tryOften } from '../tries.ts'
import { command, isInstalled, LoopDevice, type FileSystemKind } from './loop-device.ts'

interface Tally {
  cuts: number
  withLoss: number
  acknowledged: number
  lost: number
}

type Mode = 'flushed' | 'unflushed' | 'lying'

const controls: readonly Mode[] = ['unflushed', 'lying']
const controlCuts = 5
const longestLifeMs = 150

/**
 * `npm run test:crash -- power`: cuts a file system off from its device while a writer is at work, and looks for
 * everything that was acknowledged before. Controls that do not flush must be seen to lose.
 */
export async function power({
  cuts,
  seed,
}: {
  readonly cuts: number
  readonly seed: number
}): Promise<boolean> {
  const reason = whyNoPowerCuts()
  if (reason !== undefined) {
    console.log(`power: skipped, ${reason}`)
    return true
  }
  const folder = mkdtempSync(join(tmpdir(), 'millrace-shutdown-'))
  try {
    const shutdown = join(folder, 'shutdown')
    command('cc', '-O2', '-o', shutdown, join(import.meta.dirname, 'shutdown.c'))
    return await cutBoth(shutdown, cuts, seed)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function cutBoth(shutdown: string, cuts: number, seed: number): Promise<boolean> {
  let fine = true
  for (const kind of ['ext4', 'xfs'] as const) {
    if (!isInstalled(`mkfs.${kind}`)) {
      console.log(`${kind}: skipped, mkfs.${kind} is not installed`)
      continue
    }
    const store = await cutOften(shutdown, kind, 'flushed', cuts, seed)
    fine &&= store.withLoss === 0 && store.acknowledged > 0
    for (const mode of controls) {
      const control = await cutOften(shutdown, kind, mode, controlCuts, seed)
      if (control.withLoss > 0) continue
      console.error(`${kind}: the control that is ${mode} lost nothing, so this test sees nothing`)
      fine = false
    }
  }
  return fine
}

/** What is missing for it here, in words. */
export function whyNoPowerCuts(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux'
  if (process.getuid?.() !== 0) return 'it needs root to mount file systems'
  const missing = ['cc', 'losetup', 'mkfs.ext4'].find((name) => !isInstalled(name))
  return missing === undefined ? undefined : `${missing} is not installed`
}

async function cutOften(
  shutdown: string,
  kind: FileSystemKind,
  mode: Mode,
  cuts: number,
  seed: number,
): Promise<Tally> {
  const tally: Tally = { cuts: 0, withLoss: 0, acknowledged: 0, lost: 0 }
  const started = performance.now()
  using device = new LoopDevice(kind)
  await tryOften({ command: 'power', unit: 'cuts', count: cuts, seed }, async (random) => {
    const isWhole = await cutOnce(shutdown, device, mode, random, tally)
    return isWhole || mode !== 'flushed'
  })
  const each = ((performance.now() - started) / cuts).toFixed(0)
  console.log(
    `${kind.padEnd(5)}${mode.padEnd(10)} ${tally.cuts} cuts, ${tally.withLoss} with a loss; ` +
      `${tally.acknowledged.toLocaleString('en')} acknowledged, ${tally.lost.toLocaleString('en')} lost; ${each} ms a cut`,
  )
  return tally
}

async function cutOnce(
  shutdown: string,
  device: LoopDevice,
  mode: Mode,
  random: Random,
  tally: Tally,
): Promise<boolean> {
  device.format()
  const directory = join(device.mountPoint, 'store')
  mkdirSync(directory, { mode: 0o700 })
  const ledger = new Ledger(directory, mode)
  await ledger.afterAWhile(below(random, longestLifeMs))
  const [before = '0'] = command(shutdown, device.mountPoint).split(' ')
  ledger.child.kill('SIGKILL')
  await ledger.ended
  device.unmount()
  device.mount()
  const isWhole = note(directory, ledger, BigInt(before), tally)
  device.unmount()
  return isWhole
}

/** A flush that is under way while the power goes may report success and still be lost: only what was told before counts. */
function note(directory: string, ledger: Ledger, before: bigint, tally: Tally): boolean {
  const told = ledger.acknowledged.filter(({ at }) => at < before).map(({ key }) => key)
  const last = Math.max(0, ...told)
  const stored = storedAfterCut(directory)
  tally.cuts += 1
  tally.acknowledged += told.length
  tally.lost += Math.max(0, last - stored)
  if (stored < last) tally.withLoss += 1
  return stored >= last
}

function storedAfterCut(directory: string): number {
  try {
    return storedUpTo(directory)
  } catch {
    return 0
  }
}
