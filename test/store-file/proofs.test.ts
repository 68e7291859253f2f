import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ByteWriter } from '@millrace/table'
import { expect, test } from 'vitest'
import { frameTypes, saltSeed, writeFrame } from '../../packages/store-file/src/frame.ts'
import { decodeSegmentHeader } from '../../packages/store-file/src/segment-header.ts'
import { SimulatedDisk } from '../crash/sim/simulated-disk.ts'
import { openOn } from '../crash/sim/workload.ts'
import { openJournal, scratchDirectory } from './open-journal.ts'

function newestLog(path: string): string {
  return join(
    path,
    readdirSync(path).findLast((name) => name.startsWith('log.'))!,
  )
}

// R8
test('damage to the last change shows once a seal has said that it was flushed', async () => {
  using scratch = scratchDirectory()
  const first = await openJournal(scratch.path, { allocateBytes: 0 })
  await first.set(1)
  await first.journal.seal()
  const log = newestLog(scratch.path)
  const bytes = readFileSync(log)
  await first.journal.close()
  bytes[100]! ^= 1
  writeFileSync(log, bytes)
  await expect(openJournal(scratch.path)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
})

// The blocks of a removed log may come back as the end of a new one.
test('frames of another generation are nothing, however whole they are', async () => {
  using scratch = scratchDirectory()
  const first = await openJournal(scratch.path, { allocateBytes: 0 })
  await first.set(1)
  await first.journal.close()
  const log = newestLog(scratch.path)
  const { salt } = decodeSegmentHeader('log', readFileSync(log))!
  const stale = new ByteWriter()
  const stamp = { type: frameTypes.change, seq: 2, durableSeq: 1, seed: saltSeed(salt + 1) }
  writeFrame(stale, stamp, (writer) => {
    writer.u32(2)
    writer.text('of another log')
  })
  appendFileSync(log, stale.written())
  const second = await openJournal(scratch.path)
  expect(second.keys()).toEqual([1])
  await second.journal.close()
})

// R11
test('on a full disk new work is refused, and work that frees space goes on with what was kept back', async () => {
  let isFull = false
  const disk: SimulatedDisk = new SimulatedDisk(new Map(), (call) =>
    isFull && disk.exists('reserve') && call === 'write' ? { code: 'ENOSPC' } : undefined,
  )
  const { journal, table } = await openOn(disk)
  isFull = true
  const set = (key: number, useReserve: boolean): Promise<void> =>
    journal.turn((append) => table.set(append, key, 'text'), useReserve)
  await expect(set(1, false)).rejects.toMatchObject({ code: 'STORE_FULL', outcome: 'no' })
  expect(disk.exists('reserve')).toBe(true)
  await set(2, true)
  expect(disk.exists('reserve')).toBe(false)
  await expect(set(3, false)).rejects.toMatchObject({ code: 'STORE_FULL', outcome: 'no' })
  await set(4, true)
  const again = await openOn(new SimulatedDisk(disk.files()))
  expect([...again.table.values.keys()]).toEqual([2, 4])
})
