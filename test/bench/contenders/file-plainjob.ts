import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { defineQueue, defineWorker, type Connection } from 'plainjob'
import { payloadOf, produce } from './producers.ts'

const silent = { error: console.error, warn: () => {}, info: () => {}, debug: () => {} }

/** plainjob's queue and worker, on node:sqlite. By itself it commits with synchronous=NORMAL, which a power cut may undo; here every commit is flushed. */
export async function run(jobs: string, producers: string): Promise<{ jobs: number; seconds: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const filename = join(directory, 'jobs.db')
  const database = new DatabaseSync(filename)
  const connection = connectionTo(database, filename)
  const queue = defineQueue({ connection, logger: silent })
  connection.pragma('synchronous = FULL')
  let left = 0
  let ended = (): void => {}
  const count = (): void => {
    if (--left === 0) ended()
  }
  const worker = defineWorker('noop', count, { queue, logger: silent, pollIntervall: 1 })
  void worker.start()
  try {
    const work = async (count: number): Promise<void> => {
      left = count
      const done = new Promise<void>((resolve) => (ended = resolve))
      await produce(count, Number(producers), (index) => {
        queue.add('noop', payloadOf(index))
        return new Promise(setImmediate)
      })
      await done
    }
    await work(Math.min(500, Number(jobs)))
    const start = performance.now()
    await work(Number(jobs))
    return { jobs: Number(jobs), seconds: (performance.now() - start) / 1000 }
  } finally {
    await worker.stop()
    queue.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

function connectionTo(database: DatabaseSync, filename: string): Connection {
  const connection = {
    driver: 'better-sqlite3',
    filename,
    pragma: (statement: string) => database.exec(`PRAGMA ${statement}`),
    exec: (statement: string) => database.exec(statement),
    prepare: (statement: string) => database.prepare(statement),
    transaction: (deed: (...values: unknown[]) => unknown) => {
      const inTransaction = (...values: unknown[]): unknown => {
        database.exec('BEGIN IMMEDIATE')
        const result = deed(...values)
        database.exec('COMMIT')
        return result
      }
      return Object.assign(inTransaction, { immediate: inTransaction, deferred: inTransaction })
    },
    close: () => database.close(),
  }
  return connection as unknown as Connection
}
