import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { payloadOf, produce } from './producers.ts'

/** A table of jobs in SQLite, write-ahead log and synchronous=FULL: every commit is flushed. The worker claims and settles 100 at a time. */
export async function run(jobs: string, producers: string): Promise<{ jobs: number; seconds: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const database = new DatabaseSync(join(directory, 'jobs.db'))
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL')
  database.exec('CREATE TABLE job (id INTEGER PRIMARY KEY, state INTEGER, payload TEXT)')
  database.exec('CREATE INDEX ready ON job (state, id)')
  try {
    const work = async (count: number): Promise<void> => {
      const worker = settleAll(database, count)
      const insert = database.prepare('INSERT INTO job (state, payload) VALUES (0, ?)')
      await produce(count, Number(producers), (index) => {
        insert.run(JSON.stringify(payloadOf(index)))
        return new Promise(setImmediate)
      })
      await worker
    }
    await work(Math.min(500, Number(jobs)))
    const start = performance.now()
    await work(Number(jobs))
    return { jobs: Number(jobs), seconds: (performance.now() - start) / 1000 }
  } finally {
    database.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function settleAll(database: DatabaseSync, count: number): Promise<void> {
  const claim = database.prepare(
    'UPDATE job SET state = 1 WHERE id IN (SELECT id FROM job WHERE state = 0 ORDER BY id LIMIT 100) RETURNING id',
  )
  const settle = database.prepare('UPDATE job SET state = 2 WHERE id = ?')
  for (let done = 0; done < count;) {
    const claimed = claim.all() as { id: number }[]
    if (claimed.length > 0) {
      database.exec('BEGIN')
      for (const { id } of claimed) settle.run(id)
      database.exec('COMMIT')
      done += claimed.length
    }
    await new Promise(setImmediate)
  }
}
