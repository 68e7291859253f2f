import type { Durability } from '../../../packages/store-file/src/guarantee.ts'
import { FileJournal } from '../../../packages/store-file/src/journal.ts'
import { takeOwnership } from '../../../packages/store-file/src/ownership.ts'
import type { Presence } from '../../../packages/store-file/src/presence.ts'
import { openStoreHeader } from '../../../packages/store-file/src/store-header.ts'
import { NumberTable } from '../../store-file/number-table.ts'
import { below, randomFrom, type Random } from './random.ts'
import { SimulatedDisk } from './simulated-disk.ts'

export interface Change {
  readonly key: number
  readonly text: string
}

export interface Trace {
  readonly disk: SimulatedDisk
  /** Change n is at n - 1. */
  readonly changes: readonly Change[]
  readonly storeId: string
}

export interface Opened {
  readonly journal: FileJournal
  readonly table: NumberTable
  readonly storeId: string
}

/** Nobody else is there. */
const alone: Presence = {
  announce: () => Promise.resolve({ name: 'socket.0123456789abcdef', end: () => Promise.resolve() }),
  isAlive: () => Promise.resolve(false),
}

export async function openOn(disk: SimulatedDisk, durability: Durability = 'disk'): Promise<Opened> {
  let clock = 0
  const storeId = openStoreHeader(disk)
  const ownership = await takeOwnership({ directory: disk, presence: alone, pid: 1 })
  const journal = new FileJournal({
    directory: disk,
    storeId,
    ownership,
    durability,
    // Flushes seem slow, so that they are waited for off the thread and other things happen meanwhile.
    now: () => (clock += 10),
    sealEveryMs: Infinity,
    allocateBytes: 2048,
    reserveBytes: 512,
  })
  const table = new NumberTable()
  await journal.open(table)
  return { journal, table, storeId }
}

const keys = 12

/** A life of a store, chosen by the seed: turns alone and together, seals, snapshots, closes, and owners that just vanish. */
export async function live(seed: number, actions: number, durability: Durability = 'disk'): Promise<Trace> {
  const random = randomFrom(seed)
  const disk = new SimulatedDisk()
  const changes: Change[] = []
  let opened = await openOn(disk, durability)
  for (let action = 0; action < actions; action++) {
    const choice = random()
    if (choice < 0.4) await turn(disk, opened, changes, random)
    else if (choice < 0.65) await together(5, disk, opened, changes, random)
    else if (choice < 0.75) await opened.journal.seal()
    else if (choice < 0.88) await compacting(disk, opened, changes, random)
    else {
      if (choice < 0.93) await opened.journal.close()
      else await dying(disk, opened, changes, random)
      opened = await openOn(disk, durability)
    }
  }
  return { disk, changes, storeId: opened.storeId }
}

async function turn(
  disk: SimulatedDisk,
  { journal, table }: Opened,
  changes: Change[],
  random: Random,
): Promise<void> {
  const key = below(random, keys)
  const text = `${'text '.repeat(below(random, 40))}${below(random, 1e6)}`
  let change = 0
  await journal.turn((append) => {
    change = changes.push({ key, text })
    disk.steps.push({ kind: 'attempted', change })
    table.set(append, key, text)
  }, false)
  disk.steps.push({ kind: 'acknowledged', change })
}

/** The owner is killed between a write and its flush: the next one reads what no flush has confirmed. */
async function dying(...rest: Parameters<typeof turn>): Promise<void> {
  void turn(...rest)
  await passTicks(1)
  rest[0].kill()
}

/** In one tick or a few apart, so that some decide while the flush of others is under way. */
async function together(count: number, ...rest: Parameters<typeof turn>): Promise<void> {
  const ticks = below(rest[3], 3)
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await passTicks(index * ticks)
      await turn(...rest)
    }),
  )
}

export async function passTicks(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
}

async function compacting(...rest: Parameters<typeof turn>): Promise<void> {
  const compacted = rest[1].journal.compact()
  await together(2, ...rest)
  await turn(...rest)
  await compacted
}
