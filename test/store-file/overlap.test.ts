import type { Store } from '@millrace/core'
import { tableStore } from '@millrace/table'
import { describe, expect, test } from 'vitest'
import type { OpenFile } from '../../packages/store-file/src/directory.ts'
import { FileJournal } from '../../packages/store-file/src/journal.ts'
import { takeOwnership } from '../../packages/store-file/src/ownership.ts'
import { openStoreHeader } from '../../packages/store-file/src/store-header.ts'
import { Device } from '../crash/sim/crash-images.ts'
import { SimulatedDisk, type Call, type Fault } from '../crash/sim/simulated-disk.ts'
import { at, newJob } from './new-job.ts'

/** A disk whose flushes wait until they are let go, and whose calls fail when told to. */
class HeldDisk extends SimulatedDisk {
  held: (() => void)[] = []
  /** Says that a flush is done only when it is let go a second time. */
  isSlowToAnswer = false
  fault: { readonly call: Call; readonly fault: Fault } | undefined

  constructor(files?: ReadonlyMap<string, Uint8Array>) {
    super(files, (call) => (this.fault?.call === call ? this.fault.fault : undefined))
  }

  override create(name: string): OpenFile {
    const file = super.create(name)
    const syncLater = async (): Promise<void> => {
      await this.#hold()
      file.sync()
      if (this.isSlowToAnswer) await this.#hold()
    }
    return { ...file, syncLater }
  }

  #hold(): Promise<void> {
    return new Promise((resolve) => this.held.push(resolve))
  }

  letGo(): void {
    for (const resume of this.held.splice(0)) resume()
  }
}

async function open(disk: SimulatedDisk): Promise<{ store: Store; journal: FileJournal }> {
  let clock = 0
  const presence = {
    announce: () => Promise.resolve({ name: 'socket.0123456789abcdef', end: () => Promise.resolve() }),
    isAlive: () => Promise.resolve(false),
  }
  const storeId = openStoreHeader(disk)
  const ownership = await takeOwnership({ directory: disk, presence, pid: 1 })
  const now = (): number => (clock += 10)
  const timing = { now, sealEveryMs: Infinity, allocateBytes: 4096, reserveBytes: 512 }
  const journal = new FileJournal({ directory: disk, storeId, ownership, durability: 'disk', ...timing })
  return { store: await tableStore(journal), journal }
}

/** A store with one job, its next flush held back and another enqueue called meanwhile. */
async function setup() {
  const disk = new HeldDisk()
  const { store, journal } = await open(disk)
  const settled: string[] = []
  const enqueue = (id: string, payload?: string): Promise<unknown> =>
    store.run('enqueue', { jobs: [newJob(id, payload)], atomic: true }, at).then(
      () => settled.push(id),
      (error) => settled.push(`${id} ${error.code} ${error.outcome}`),
    )
  await Promise.all([enqueue('a'), ticks().then(() => disk.letGo())])
  const first = enqueue('b')
  await ticks()
  return { disk, store, journal, enqueue, settled, first }
}

async function ticks(count = 4): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
}

async function idsOn(disk: SimulatedDisk): Promise<string[]> {
  const { store } = await open(new SimulatedDisk(disk.files()))
  return idsIn(store)
}

async function idsIn(store: Store): Promise<string[]> {
  return (await store.run('listJobs', { limit: 100 }, at)).jobs.map(({ id }) => id)
}

test('an owner that is robbed during its flush acknowledges nothing', async () => {
  const { disk, enqueue, settled, first } = await setup()
  disk.create('own.0000000002')
  disk.letGo()
  await first
  await enqueue('c')
  expect(settled).toEqual(['a', 'b STORE_OWNED unknown', 'c STORE_OWNED no'])
})

test('a change that refers to a text of the same failed flush finds it in the next log', async () => {
  const { disk, store, first } = await setup()
  disk.letGo()
  await first
  const queues = [{ queue: 'default', weight: 1, credit: 0 }]
  const claimed = store.run('claim', { owner: 'w', leaseMs: 30_000, limit: 1, queues }, at)
  await ticks()
  disk.letGo()
  const { id, epoch } = (await claimed).jobs[0]!
  const steps = { one: JSON.stringify('one '.repeat(500)), two: JSON.stringify('two '.repeat(500)) }
  const notes = Object.entries(steps).map(([name, result]) =>
    store.run('note', { id, epoch, step: { name, result } }, at),
  )
  await ticks()
  disk.fault = { call: 'sync', fault: { code: 'EIO' } }
  disk.letGo()
  await Promise.resolve()
  disk.fault = undefined
  for (const result of await Promise.allSettled(notes))
    expect(result).toMatchObject({ reason: { outcome: 'unknown' } })
  expect((await store.run('findJob', { id }, at)).jobs[0]?.extras.steps).toEqual(steps)

  const device = new Device()
  for (const step of disk.steps) device.step(step)
  const { store: next } = await open(new SimulatedDisk(device.cut([])))
  expect((await next.run('findJob', { id }, at)).jobs[0]?.extras.steps).toEqual(steps)
})

describe('a turn that is called while another is being flushed', () => {
  test('is written at once, and answered after a flush of its own', async () => {
    const { disk, enqueue, settled, first } = await setup()
    const second = enqueue('c')
    await ticks()
    expect(await idsOn(disk)).toEqual(['a', 'b', 'c'])
    expect(settled).toEqual(['a'])
    disk.letGo()
    await first
    await ticks()
    expect(settled).toEqual(['a', 'b'])
    disk.letGo()
    await second
    expect(settled).toEqual(['a', 'b', 'c'])
  })

  test('answers even a question only when what it saw is durable', async () => {
    const { disk, store, first } = await setup()
    let seen: readonly string[] | undefined
    const question = idsIn(store).then((ids) => (seen = ids))
    await ticks()
    expect(seen).toBeUndefined()
    disk.letGo()
    await Promise.all([first, question])
    expect(seen).toEqual(['a', 'b'])
  })

  test('is unknown too when that flush fails, and both are kept', async () => {
    const { disk, store, enqueue, settled, first } = await setup()
    const second = enqueue('c')
    await ticks()
    disk.fault = { call: 'sync', fault: { code: 'EIO' } }
    disk.letGo()
    await Promise.resolve()
    disk.fault = undefined
    await Promise.all([first, second])
    expect(settled).toEqual(['a', 'b STORE_FAILED unknown', 'c STORE_FAILED unknown'])
    expect(await idsIn(store)).toEqual(['a', 'b', 'c'])
    expect(await idsOn(disk)).toEqual(['a', 'b', 'c'])
  })

  test('is refused alone when there is no room for it', async () => {
    const { disk, store, enqueue, settled, first } = await setup()
    disk.fault = { call: 'write', fault: { code: 'ENOSPC' } }
    const refused = enqueue('c')
    await refused
    disk.fault = undefined
    expect(settled).toEqual(['a', 'c STORE_FULL no'])
    disk.letGo()
    await first
    expect(settled).toEqual(['a', 'c STORE_FULL no', 'b'])
    expect(await idsIn(store)).toEqual(['a', 'b'])
    expect(await idsOn(disk)).toEqual(['a', 'b'])
  })

  test('decides upon nothing that was just refused', async () => {
    const { disk, journal, first } = await setup()
    disk.fault = { call: 'write', fault: { code: 'ENOSPC' } }
    let isTakenBack = false
    const refused = journal.turn((append) => void append((writer) => writer.u8(1)), false)
    disk.fault = undefined
    const next = journal.turn(() => expect(isTakenBack).toBe(true), true)
    await expect(refused).rejects.toMatchObject({ code: 'STORE_FULL' })
    isTakenBack = true
    disk.letGo()
    await Promise.all([first, next])
  })

  test('is flushed before a snapshot is begun', async () => {
    const { disk, journal, enqueue, settled, first } = await setup()
    let files = disk.files()
    const second = enqueue('c').then(() => (files = disk.files()))
    await ticks()
    const compacted = journal.compact()
    for (let round = 0; round < 40; round++) {
      disk.letGo()
      await ticks()
    }
    await Promise.all([first, second, compacted])
    expect(settled).toEqual(['a', 'b', 'c'])
    expect(await idsOn(new SimulatedDisk(files))).toEqual(['a', 'b', 'c'])
    expect(await idsOn(disk)).toEqual(['a', 'b', 'c'])
  })

  test('does not pass for flushed with the one before it', async () => {
    const { disk, enqueue, first } = await setup()
    disk.isSlowToAnswer = true
    disk.letGo()
    await ticks()
    void enqueue('c')
    await ticks()
    disk.letGo()
    await first
    await ticks()
    const device = new Device()
    for (const step of disk.steps) device.step(step)
    const before = [disk.steps.length, device.pending.length] as const
    void enqueue('d')
    await ticks()
    for (const step of disk.steps.slice(before[0])) device.step(step)
    // The power goes while c is being flushed, and of all that was written only d has reached the device.
    const files = device.cut(device.pending.slice(before[1]))
    expect(await idsOn(new SimulatedDisk(files))).toEqual(['a', 'b'])
  })
})
