import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ByteWriter } from '@millrace/table'
import { expect, test, vi } from 'vitest'
import type { OpenFile } from '../../packages/store-file/src/directory.ts'
import { frameTypes, saltSeed, writeFrame } from '../../packages/store-file/src/frame.ts'
import { NodeDirectory } from '../../packages/store-file/src/node-directory.ts'
import { publish } from '../../packages/store-file/src/publish.ts'
import { decodeSegmentHeader, segmentHeaderBytes } from '../../packages/store-file/src/segment-header.ts'
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

test('a seal for which there is no room hinders nobody', async () => {
  using scratch = scratchDirectory()
  let refused = 0
  let isFull = false
  class FullDirectory extends NodeDirectory {
    override create(name: string): OpenFile {
      const file = super.create(name)
      const write = file.write.bind(file)
      file.write = (bytes, position) => {
        if (!isFull) return write(bytes, position)
        refused += 1
        throw Object.assign(new Error('ENOSPC: simulated'), { code: 'ENOSPC' })
      }
      return file
    }
  }
  const first = await openJournal(scratch.path, {
    directory: new FullDirectory(scratch.path),
    allocateBytes: 0,
    sealEveryMs: 1,
  })
  await first.set(1)
  isFull = true
  await vi.waitFor(() => expect(refused).toBeGreaterThan(0))
  isFull = false
  await first.set(2)
  await first.journal.close()
  const second = await openJournal(scratch.path)
  expect(second.keys()).toEqual([1, 2])
  await second.journal.close()
})

/** Adds one whole frame to the newest log, as `change` says. */
function forge(path: string, change: { readonly seq?: number; readonly salt?: number }): void {
  const log = newestLog(path)
  const { salt } = decodeSegmentHeader('log', readFileSync(log))!
  const frame = new ByteWriter()
  const seed = saltSeed(salt + (change.salt ?? 0))
  const stamp = { type: frameTypes.change, seq: change.seq ?? 2, durableSeq: 0, seed }
  writeFrame(frame, stamp, (writer) => {
    writer.u32(2)
    writer.text('forged')
  })
  appendFileSync(log, frame.written())
}

test.for([
  ['of another generation, whose blocks came back as the end of this one', { salt: 1 }, [1]],
  ['behind a gap in the numbers', { seq: 3 }, [1]],
  ['that comes next', {}, [1, 2]],
] as const)('a whole frame counts or not: one %s', async ([, change, keys]) => {
  using scratch = scratchDirectory()
  const first = await openJournal(scratch.path, { allocateBytes: 0 })
  await first.set(1)
  await first.journal.close()
  forge(scratch.path, change)
  const second = await openJournal(scratch.path)
  expect(second.keys()).toEqual(keys)
  await second.journal.close()
})

// An image holds changes that came while it was taken: without all of them it is no state that ever was.
test('a log that has less than the snapshot before it is damaged', async () => {
  using scratch = scratchDirectory()
  const first = await openJournal(scratch.path, { allocateBytes: 0 })
  await first.set(1)
  const compacted = first.journal.compact()
  await first.set(2)
  expect(await compacted).toBe(true)
  await first.journal.close()
  truncateSync(newestLog(scratch.path), segmentHeaderBytes)
  await expect(openJournal(scratch.path)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
})

test('a name that is taken stays with the file that has it', () => {
  const disk = new SimulatedDisk()
  const fill = (text: string) => (file: OpenFile) => void file.write(Buffer.from(text), 0)
  publish(disk, 'log.0000000001', fill('first'))
  expect(() => publish(disk, 'log.0000000001', fill('second'))).toThrow(
    expect.objectContaining({ code: 'EEXIST' }),
  )
  expect(disk.files()).toEqual(new Map([['log.0000000001', new Uint8Array(Buffer.from('first'))]]))
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
