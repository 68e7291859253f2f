import { MillraceError } from '@millrace/core'
import { Device } from './crash-images.ts'
import { Violation } from './oracle.ts'
import { randomFrom, type Random } from './random.ts'
import { subsets } from './subsets.ts'
import { SimulatedDisk, type Fault, type FaultPlan } from './simulated-disk.ts'
import { openOn, passTicks, type Opened } from './workload.ts'

export interface Faults {
  runs: number
  /** Power cuts after runs with a fault. */
  cuts: number
  refused: number
  unknown: number
}

/** What the workload was told of each key. */
interface Ledger {
  readonly stored: Set<number>
  readonly unknown: Set<number>
  readonly refused: Set<number>
}

const kinds: readonly (readonly [name: string, fault: Fault | 'short, then ENOSPC', forever: boolean])[] = [
  ['EIO once', { code: 'EIO' }, false],
  ['EIO for ever', { code: 'EIO' }, true],
  ['ENOSPC once', { code: 'ENOSPC' }, false],
  ['ENOSPC for ever', { code: 'ENOSPC' }, true],
  ['a short write', 'short', false],
  ['a short write, then no space', 'short, then ENOSPC', false],
  ['EMFILE once', { code: 'EMFILE' }, false],
]
const cutChance = 0.04
/** Each turn makes two changes, this far apart: both are stored, or none. */
const second = 1000
const textOf = (key: number): string => `a text of some length, number ${key}`

/** Lets each call of a life fail, or every so manieth, in each way, once and for ever; then looks for what was promised and what was refused. */
export async function failEverything(faults: Faults, every = 1): Promise<void> {
  const usual = new SimulatedDisk()
  await run(usual)
  for (const [name, fault, forever] of kinds) {
    for (let at = 0; at < usual.calls; at += every) {
      await failAt(at, `${name} at call ${at}`, planOf(at, fault, forever), faults)
    }
  }
}

function planOf(at: number, fault: Fault | 'short, then ENOSPC', forever: boolean): FaultPlan {
  if (fault === 'short, then ENOSPC') {
    return (call, index) => {
      if (call !== 'write') return undefined
      return index === at ? 'short' : index === at + 1 ? { code: 'ENOSPC' } : undefined
    }
  }
  const hits =
    fault === 'short'
      ? /^write$/
      : typeof fault === 'object' && fault.code === 'ENOSPC'
        ? /create|link|write|sync/
        : /./
  return (call, index) => (hits.test(call) && (index === at || (forever && index > at)) ? fault : undefined)
}

async function failAt(at: number, what: string, plan: FaultPlan, faults: Faults): Promise<void> {
  const disk = new SimulatedDisk(new Map(), plan)
  const ledger = await run(disk)
  faults.runs += 1
  faults.refused += ledger.refused.size
  faults.unknown += ledger.unknown.size
  await check(disk.files(), ledger, `${what}, process killed`)
  await cutAfterwards(disk, randomFrom(at), what, faults)
}

/** The power may go at any moment after the fault, and most of all right after something was refused. */
async function cutAfterwards(
  disk: SimulatedDisk,
  random: Random,
  what: string,
  faults: Faults,
): Promise<void> {
  const device = new Device()
  const told: Ledger = { stored: new Set(), unknown: new Set(), refused: new Set() }
  for (const step of disk.steps) {
    device.step(step)
    if (step.kind === 'acknowledged') told.stored.add(step.change)
    if (step.kind === 'refused') told.refused.add(step.change)
    if (step.kind !== 'refused' && random() > cutChance) continue
    for (const kept of step.kind === 'refused'
      ? subsets(device.pending, random)
      : [anySubset(device.pending, random)]) {
      faults.cuts += 1
      await check(device.cut(kept), told, `${what}, power cut`)
    }
  }
}

function anySubset<T>(all: readonly T[], random: Random): T[] {
  const chance = random()
  return all.filter(() => random() < chance)
}

/** Everything that was promised is there, and nothing that was refused. */
async function check(files: Map<string, Uint8Array>, ledger: Ledger, what: string): Promise<void> {
  const { journal, table } = await openOn(new SimulatedDisk(files)).catch((error: unknown) => {
    throw new Violation(`${what}: ${String(error)}`)
  })
  for (const key of [...ledger.stored].flatMap((first) => [first, first + second])) {
    const value = table.values.get(key)
    if (value === undefined) throw new Violation(`${what}: ${key} is lost`)
    const text = typeof value === 'string' ? value : await journal.read(value)
    if (text !== textOf(key % second)) throw new Violation(`${what}: ${key} has the text '${text}'`)
  }
  for (const key of table.values.keys()) {
    if (ledger.refused.has(key % second))
      throw new Violation(`${what}: ${key} was refused for certain and is there`)
  }
}

/** Turns, a snapshot, a seal and a second owner; goes on after every error as a user might. */
async function run(disk: SimulatedDisk): Promise<Ledger> {
  const ledger: Ledger = { stored: new Set(), unknown: new Set(), refused: new Set() }
  let key = 1
  for (let owner = 0; owner < 2; owner++) {
    const opened = await openOn(disk).catch(onlyMillraceOrDisk)
    if (!opened) continue
    for (let round = 0; round < 3; round++) {
      await Promise.all([set(disk, opened, key++, ledger, false), set(disk, opened, key++, ledger, true)])
      const late = [0, 1, 2].map(async (ticks) => {
        await passTicks(ticks)
        await set(disk, opened, key++, ledger, false)
      })
      await Promise.all(late)
      if (round === 0) await opened.journal.compact().catch(onlyMillraceOrDisk)
      if (round === 1) await opened.journal.seal().catch(onlyMillraceOrDisk)
    }
    if (owner === 0) await opened.journal.close()
  }
  return ledger
}

async function set(
  disk: SimulatedDisk,
  { journal, table }: Opened,
  key: number,
  ledger: Ledger,
  useReserve: boolean,
): Promise<void> {
  try {
    await journal.turn((append) => {
      table.set(append, key, textOf(key))
      table.set(append, key + second, textOf(key))
    }, useReserve)
    ledger.stored.add(key)
    disk.steps.push({ kind: 'acknowledged', change: key })
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    if (error.outcome === 'unknown') ledger.unknown.add(key)
    if (error.outcome !== 'no') return
    ledger.refused.add(key)
    disk.steps.push({ kind: 'refused', change: key })
    table.values.delete(key)
    table.values.delete(key + second)
  }
}

function onlyMillraceOrDisk(error: unknown): undefined {
  if (error instanceof MillraceError || (error instanceof Error && 'code' in error)) return undefined
  throw error
}
