import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime, defineJob } from 'millrace'
import { fileStore, type Durability } from 'millrace/file'
import { payloadOf, produce } from './producers.ts'

export interface FileRun {
  readonly jobs: number
  readonly seconds: number
  /** What the log grew by. */
  readonly bytesPerJob: number
}

/** The whole runtime on the file store; with `disk`, every acknowledgement is flushed to the device. */
export async function run(jobs: string, producers: string, durability: string): Promise<FileRun> {
  const parent = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const directory = join(parent, 'store')
  const job = defineJob<{ path: string }, void>('noop')
  try {
    await using runtime = await createRuntime({
      store: fileStore({ directory, durability: durability as Durability }),
    })
    runtime.handle(job, () => {})
    runtime.work({ concurrency: 100 })
    const work = async (count: number): Promise<void> => {
      await produce(count, Number(producers), (index) => runtime.enqueue(job, payloadOf(index)))
      await runtime.drain({ timeout: '1m' })
    }
    await work(Math.min(2_000, Number(jobs)))
    const before = logBytes(directory)
    const start = performance.now()
    await work(Number(jobs))
    const seconds = (performance.now() - start) / 1000
    return { jobs: Number(jobs), seconds, bytesPerJob: (logBytes(directory) - before) / Number(jobs) }
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}

/** Exact without laid-out space, that is with durability `os`. */
function logBytes(directory: string): number {
  const logs = readdirSync(directory).filter((name) => name.startsWith('log.'))
  return logs.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}
