import { defaultBackoff, noExtras, type NewJob, type Settlement } from '@millrace/core'
import { ByteWriter, Table } from '@millrace/table'
import { describe, expect, test } from 'vitest'
import { JobTable } from '../../packages/table/src/job-table.ts'
import { chunkRows } from '../../packages/table/src/row-layout.ts'
import { jobOf } from './job.ts'

const retry = { maxFailures: 5, maxCrashes: 3, backoff: defaultBackoff }
const count = 30_000

describe('a large table', () => {
  test('has every job as it came, through claims, undone ones, frames and draining', () => {
    const table = new Table()
    const replica = new Table()
    for (let n = 0; n < count; n += 1_000)
      run(table, replica, (at) => table.run('enqueue', { jobs: jobs(n, 1_000), atomic: true }, at))
    expect(table.size).toBe(count)
    for (const n of [0, 1, 1_023, 1_024, 17_000, count - 1])
      expect(table.rows.job(`job-${n}`)).toMatchObject({
        id: `job-${n}`,
        payload: payloadOf(n),
        state: 'enqueued',
      })

    const before = table.rows.job('job-5')
    const mark = table.mark()
    claim(table, 2_000)
    table.undoTo(mark)
    expect(table.rows.job('job-5')).toEqual(before)

    for (let n = 0; n < count; n += 3_000) {
      const claimed = run(table, replica, () => claim(table, 3_000))
      expect(claimed.map(({ id, payload }) => [id, payload])).toEqual(
        jobs(n, 3_000).map(({ id, payload }) => [id, payload]),
      )
      const settlements = claimed.map(({ id, epoch }): Settlement => ({ id, epoch, outcome: 'complete' }))
      run(table, replica, (at) => table.run('settle', { settlements }, at))
      // What was freed is used again: rows of packed and loose texts side by side.
      run(table, replica, (at) => table.run('enqueue', { jobs: jobs(count + n, 1_000), atomic: true }, at))
    }
    const all = table.rows.list({ limit: Infinity })
    expect(all.filter(({ state }) => state === 'enqueued')).toHaveLength(10_000)
    expect(all.every(({ id, payload }) => payload === payloadOf(Number(id.slice(4))))).toBe(true)
    expect(replica.rows.list({ limit: Infinity })).toEqual(all)
  })
})

describe('the texts of a table', () => {
  const put = (table: JobTable, from: number, length: number): void => {
    for (const [n, job] of jobs(from, length).entries()) table.put(jobOf(job.id, { ...job, seq: from + n }))
    table.settle()
  }

  test('are packed where a chunk is full, but for the chunk at work', () => {
    const table = new JobTable()
    put(table, 0, chunkRows * 18 + 1)
    expect([16, 17, 18].map((chunk) => table.rows.freshTexts(chunk * chunkRows))).toEqual([0, 0, 1])
    const last = table.find(`job-${chunkRows * 17}`)
    table.put({ ...table.read(last), state: 'cancelled' })
    table.remove(table.read(last))
    table.settle()
    put(table, chunkRows * 19, 2)
    // One newcomer is no reason to pack the chunk again.
    expect(table.rows.freshTexts(last)).toBe(1)
  })

  test('stay as they are while it is small', () => {
    const table = new JobTable()
    put(table, 0, chunkRows * 2)
    expect(table.rows.freshTexts(0)).toBe(chunkRows)
  })
})

function run<R>(table: Table, replica: Table, command: (at: { now: number; seed: number }) => R): R {
  const mark = table.mark()
  const reply = command({ now: 1_000, seed: 1 })
  const writer = new ByteWriter()
  table.encode(writer, mark)
  replica.apply(writer.written())
  table.settle()
  return reply
}

function claim(table: Table, limit: number) {
  const queues = [{ queue: 'q', weight: 1, credit: 0 }]
  return table.run('claim', { owner: 'w', leaseMs: 1, limit, queues }, { now: 1_000, seed: 1 }).jobs
}

function jobs(from: number, length: number): NewJob[] {
  const kind = { queue: 'q', name: 'x', version: 1, retry, timeoutMs: 0 }
  return Array.from({ length }, (_, n) => {
    const payload = payloadOf(from + n)
    return {
      id: `job-${from + n}`,
      ...kind,
      payload,
      bytes: payload.length,
      priority: 0,
      runAt: 0,
      extras: noExtras,
    }
  })
}

/** Some short, some long, some that are no ASCII. */
function payloadOf(n: number): string {
  if (n % 100 === 0) return JSON.stringify('x'.repeat(1_500))
  return n % 10 === 0 ? `"größer als ${n}"` : `{"n":${n}}`
}
