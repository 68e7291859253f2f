import { noExtras, type Job, type Rows } from '@millrace/core'
import { Table } from '@millrace/table'
import { describe, expect, test } from 'vitest'
import { Groups } from '../../packages/table/src/groups.ts'
import { jobOf } from './job.ts'
import { rowsWith } from './packed.ts'

describe('a few among many', () => {
  test('dead letters are listed by seq, whichever died first, from one queue or all', () => {
    const { rows } = tableOf(200)
    const dead = [150, 3, 90, 40]
    for (const [since, n] of dead.entries())
      move(rows, n, { state: 'processing', leaseUntil: 9 }, { state: 'dead', since })
    expect(ids(rows.list({ state: 'dead', limit: 10 }))).toEqual(['3', '40', '90', '150'])
    expect(ids(rows.list({ state: 'dead', limit: 2, after: 4 }))).toEqual(['40', '90'])
    expect(ids(rows.list({ state: 'dead', queue: 'even', limit: 10 }))).toEqual(['40', '90', '150'])
    expect(ids(rows.list({ state: 'dead', queue: 'none', limit: 10 }))).toEqual([])
    expect(ids(rows.ended('even', 'dead', 10))).toEqual(['150', '90', '40'])
  })

  test('an owner finds its jobs by seq, whichever lease ends first', () => {
    const { rows } = tableOf(50)
    for (const n of [30, 10, 20]) move(rows, n, { state: 'processing', owner: 'w', leaseUntil: 100 - n })
    move(rows, 11, { state: 'processing', owner: 'v', leaseUntil: 1 })
    expect(ids(rows.heldBy('w'))).toEqual(['10', '20', '30'])
  })
})

describe('a unique key with several holders', () => {
  test('is held by the unfinished one, else by the first whose window is open', () => {
    const { rows } = tableOf(0)
    const unique = { key: 'u', while: 10, onConflict: 'rerun' } as const
    for (const [id, createdAt] of [
      ['a', 0],
      ['b', 5],
      ['c', 8],
    ] as const) {
      rows.put(jobOf(id, { seq: rows.nextSeq(), createdAt, extras: { unique } }))
    }
    for (const id of ['a', 'b']) move(rows, id, { state: 'processing' }, { state: 'completed' })
    expect(rows.holder('u', 9)?.id).toBe('c')
    move(rows, 'c', { state: 'processing' }, { state: 'completed' })
    expect([9, 12, 17, 18].map((now) => rows.holder('u', now)?.id)).toEqual(['a', 'b', 'c', undefined])
  })
})

describe('groups', () => {
  test('keep nothing of a text whose members are gone', () => {
    const groups = new Groups(rowsWith([5, 1, 9]))
    for (const slot of [0, 1, 2]) groups.add('t', slot)
    expect([groups.members('t'), groups.newest('t'), groups.size]).toEqual([[1, 0, 2], 2, 1])
    for (const slot of [2, 0, 1]) groups.remove('t', slot)
    expect([groups.members('t'), groups.newest('t'), groups.size]).toEqual([[], -1, 0])
  })
})

describe('a put', () => {
  test.for([
    ['to a state that is not next', { state: 'completed' }, 'cannot become completed'],
    ['with a lower epoch', { epoch: 0 }, 'epoch'],
    ['with another seq', { seq: 99 }, 'seq'],
    ['with a rank that is no number', { rank: NaN }, 'not a number'],
    ['with half a priority', { priority: 0.5 }, 'priority'],
    ['with more claims than can be counted', { epoch: 2 ** 31 - 1 }, 'too large'],
  ] as const)('%s is refused, and what was done before it taken back', ([, change, message]) => {
    const { table, rows } = tableOf(3)
    move(rows, 1, { state: 'processing', epoch: 1 }, { state: 'enqueued' })
    table.settle()
    const before = rows.list({ limit: 9 })
    const mark = table.mark()
    move(rows, 2, { state: 'processing' })
    expect(() => move(rows, 1, change)).toThrow(message)
    table.undoTo(mark)
    expect(rows.list({ limit: 9 })).toEqual(before)
    expect(ids(rows.ready('even', undefined, 9))).toEqual(['0', '2'])
  })

  test('of what cannot be born, or a remove of what has not ended, is refused', () => {
    const { rows } = tableOf(1)
    expect(() => rows.put(jobOf('x', { state: 'processing' }))).toThrow('job x is new')
    expect(() => rows.remove(rows.job('0')!)).toThrow('cannot become gone')
  })

  test('of an equal kind shares it, whether it is the same object or not', () => {
    const { rows } = tableOf(1)
    const known = rows.job('0')!
    rows.put(jobOf('x', { queue: 'even', retry: structuredClone(known.retry), seq: rows.nextSeq() }))
    expect(rows.job('x')!.retry).toBe(known.retry)
  })
})

describe('time', () => {
  test('in the table never goes back', () => {
    const { table } = tableOf(0)
    table.run('enqueue', { jobs: [newJob('a')], atomic: true }, { now: 50, seed: 1 })
    table.run('enqueue', { jobs: [newJob('b')], atomic: true }, { now: 20, seed: 1 })
    expect(table.rows.job('b')!.createdAt).toBe(50)
  })
})

function newJob(id: string) {
  const { queue, name, version, retry, timeoutMs } = jobOf(id, {})
  return {
    id,
    queue,
    name,
    version,
    retry,
    timeoutMs,
    payload: '',
    bytes: 0,
    priority: 0,
    runAt: 0,
    extras: noExtras,
  }
}

/** Enqueued jobs named by their number, in queues `even` and `odd`. */
function tableOf(count: number): { table: Table; rows: Rows } {
  const table = new Table()
  for (let n = 0; n < count; n++)
    table.rows.put(jobOf(String(n), { seq: n, queue: n % 2 === 0 ? 'even' : 'odd', rank: n }))
  table.settle()
  return { table, rows: table.rows }
}

function move(rows: Rows, id: string | number, ...changes: readonly Partial<Job>[]): void {
  for (const change of changes) rows.put({ ...rows.job(String(id))!, ...change })
}

function ids(jobs: readonly Job[]): string[] {
  return jobs.map(({ id }) => id)
}
