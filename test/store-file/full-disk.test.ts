import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileStore, verifyStore } from '@millrace/store-file'
import type { Store } from '@millrace/core'
import { expect, test } from 'vitest'
import { at, newJob } from './new-job.ts'
import { scratchDirectory } from './open-journal.ts'

const whyNot =
  process.platform !== 'linux'
    ? 'it needs Linux'
    : process.getuid?.() === 0
      ? undefined
      : 'it needs root to mount a small file system'
if (whyNot !== undefined) console.log(`a full disk: skipped, ${whyNot}`)

const queues = [{ queue: 'default', weight: 1, credit: 0 }]
const payload = JSON.stringify('x'.repeat(2_000))

/** A file system of so many bytes, gone at the end. */
function smallFileSystem(bytes: number): { path: string; [Symbol.dispose](): void } {
  const scratch = scratchDirectory()
  const path = join(scratch.path, 'small')
  mkdirSync(path)
  const { status, stderr } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${bytes},mode=700`,
    'tmpfs',
    path,
  ])
  if (status !== 0) throw new Error(`mount failed: ${String(stderr)}`)
  return {
    path,
    [Symbol.dispose]: () => {
      spawnSync('umount', [path])
      scratch[Symbol.dispose]()
    },
  }
}

/** Enqueues one job after the other until one is refused; answers those that were not. */
async function fill(store: Store): Promise<readonly string[]> {
  for (const ids: string[] = []; ;) {
    const id = `job-${ids.length}`
    try {
      await store.run('enqueue', { jobs: [newJob(id, payload)], atomic: true }, at)
      ids.push(id)
    } catch (error) {
      expect(error).toMatchObject({ code: 'STORE_FULL', outcome: 'no' })
      return ids
    }
  }
}

/** Somebody else fills what is left. */
function writeRest(path: string): void {
  const file = openSync(join(path, 'rest'), 'w')
  try {
    for (;;) writeSync(file, Buffer.alloc(4096))
  } catch {
    closeSync(file)
  }
}

async function drain(store: Store, most = Infinity): Promise<readonly string[]> {
  for (const done: string[] = []; ;) {
    if (done.length >= most) return done
    const { jobs } = await store.run('claim', { owner: 'w', leaseMs: 30_000, limit: 10, queues }, at)
    if (jobs.length === 0) return done
    for (const job of jobs) expect(job.payload).toBe(payload)
    const settlements = jobs.map(({ id, epoch }) => ({ id, epoch, outcome: 'complete' as const }))
    const { outcomes } = await store.run('settle', { settlements }, at)
    expect(new Set(outcomes)).toEqual(new Set(['settled']))
    done.push(...jobs.map(({ id }) => id))
  }
}

test.skipIf(whyNot !== undefined)(
  'on a disk that is really full, enqueues are refused, all that was accepted is done, and nothing is lost',
  async () => {
    using disk = smallFileSystem(4 << 20)
    const directory = join(disk.path, 'store')
    const store = await fileStore({ directory })
    const accepted = await fill(store)
    expect(accepted.length).toBeGreaterThan(300)
    const first = await drain(store, 100)
    await store.close()

    const next = await fileStore({ directory })
    expect([...first, ...(await drain(next))]).toEqual(accepted)
    await next.close()

    expect(verifyStore(directory)).toMatchObject({ verdict: 'sound' })
    const last = await fileStore({ directory })
    const { queues: counted } = await last.run('countJobs', {}, at)
    expect(counted).toMatchObject([{ enqueued: 0, processing: 0, retrying: 0, dead: 0 }])
    await last.close()
  },
)

test.skipIf(whyNot !== undefined)(
  'a store that is left on a full disk opens again, and what waits in it is done',
  async () => {
    using disk = smallFileSystem(4 << 20)
    const directory = join(disk.path, 'store')
    const store = await fileStore({ directory })
    const accepted = await fill(store)
    await store.close()
    writeRest(disk.path)
    const next = await fileStore({ directory })
    expect(await drain(next)).toEqual(accepted)
    await next.close()
  },
)
