import { storeFile } from '../../../packages/store-file/src/file-names.ts'
import { Device } from './crash-images.ts'
import { memoryDirectory } from './memory-directory.ts'
import { Oracle, Violation } from './oracle.ts'
import { randomFrom } from './random.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { subsets } from './subsets.ts'
import { live, openOn, type Trace } from './workload.ts'

export interface Cuts {
  images: number
  /** Images on which a store was opened, used, and opened again. */
  reopened: number
}

const actions = 14
const reopenEvery = 211

/** Cuts the power at every moment of one life, each time with many subsets of what was not flushed. */
export async function cutPower(seed: number, cuts: Cuts, only?: number): Promise<void> {
  // Every fourth life leaves flushing to the system: a cut may then drop the newest changes, but never leave a hole.
  const durability = seed % 4 === 0 ? 'os' : 'disk'
  const trace = await live(seed, actions, durability)
  const oracle = new Oracle(trace.changes)
  const device = new Device()
  let acknowledged = 0
  let attempted = 0
  for (const [moment, step] of trace.disk.steps.entries()) {
    device.step(step)
    if (step.kind === 'acknowledged' && durability === 'disk')
      acknowledged = Math.max(acknowledged, step.change)
    if (step.kind === 'attempted') attempted = step.change
    if (only !== undefined && moment !== only) continue
    // A stream of its own for each moment, so that one moment can be replayed alone.
    const random = randomFrom(Math.imul(seed, 0x9e3779b1) ^ moment)
    for (const kept of subsets(device.pending, random)) {
      const files = device.cut(kept)
      cuts.images += 1
      try {
        check(files, trace, oracle, acknowledged, attempted)
        if (random() * reopenEvery < 1) await reopen(files, oracle, trace, cuts)
      } catch (error) {
        const what = error instanceof Error ? error.message : String(error)
        throw new Violation(
          `seed ${seed}, step ${moment} (${step.kind}), ${kept.length} of ${device.pending.length} unflushed changes kept: ${what}`,
        )
      }
    }
  }
}

function check(
  files: Map<string, Uint8Array>,
  trace: Trace,
  oracle: Oracle,
  acknowledged: number,
  attempted: number,
): void {
  const found = files.has(storeFile) ? oracle.recover(memoryDirectory(files), trace.storeId) : 0
  if (found < acknowledged)
    throw new Violation(`change ${acknowledged} was acknowledged and is lost (found ${found})`)
  if (found > attempted) throw new Violation(`change ${found} was never attempted`)
}

/** The next owner comes, writes, and vanishes; whoever opens after it finds both. */
async function reopen(
  files: Map<string, Uint8Array>,
  oracle: Oracle,
  trace: Trace,
  cuts: Cuts,
): Promise<void> {
  if (!files.has(storeFile)) return
  cuts.reopened += 1
  const found = oracle.recover(memoryDirectory(files), trace.storeId)
  const disk = new SimulatedDisk(files)
  const { journal, table } = await openOn(disk)
  oracle.check(disk, table, found)
  await journal.turn((append) => table.set(append, 1000, 'after the cut'), false)
  const again = await openOn(disk)
  if (again.table.values.get(1000) !== 'after the cut') throw new Violation('the next owner lost a change')
  again.table.values.delete(1000)
  oracle.check(disk, again.table, found)
}
