import type { Key, Queue, Schedule } from '@millrace/core'
import { fromJson } from '../json.ts'
import { indexedKey } from '../job-row.ts'
import { slotOf } from '../job-set.ts'
import type { ReadOf } from '../read.ts'
import { emptyTally } from '../tally.ts'
import type { Load, Loading } from './load.ts'

const lockLimited = {
  name: 'lock limited queues',
  text: 'SELECT 1 FROM @.queues q WHERE q.name = ANY($1::text[]) AND q.limited ORDER BY q.name FOR UPDATE',
}

const lockQueues = {
  name: 'lock queues',
  text: 'SELECT 1 FROM @.queues q WHERE q.name = ANY($1::text[]) ORDER BY q.name FOR UPDATE',
}

const queueRows = {
  name: 'queues',
  text: 'SELECT q.name, q.data, q.revision FROM @.queues q WHERE q.name = ANY($1::text[])',
}

/** Only a queue with a limit is worth a lock: who decides by its row or its counters does so alone. */
export function loadQueues(
  reads: readonly ReadOf<'queue'>[],
  { sql, lock }: Loading,
  lockAll: boolean,
): Load {
  const names = reads.map(({ name }) => name)
  const locks = lock ? [sql.of(lockAll ? lockQueues : lockLimited, { texts: names })] : []
  return {
    statements: [...locks, sql.of(queueRows, { texts: names })],
    take(slice, results) {
      for (const name of names) {
        slice.loaded.queues.set(name, undefined)
        slice.loaded.revisions.set(name, 0)
      }
      for (const [name, data, revision] of results.at(-1)!) {
        slice.loaded.queues.set(name!, fromJson(data!) as Queue)
        slice.loaded.revisions.set(name!, Number(revision))
      }
    },
  }
}

const names = {
  name: 'queue names',
  text: `SELECT q.name FROM @.queues q UNION SELECT t.queue FROM @.tallies t GROUP BY t.queue
    HAVING sum(t.t0 + t.t1 + t.t2 + t.t3 + t.t4 + t.t5 + t.t6 + t.t7 + t.t8) > 0`,
}

export function loadQueueNames(read: ReadOf<'queueNames'>, { sql }: Loading): Load {
  return {
    statements: [sql.of(names)],
    take(slice, [rows]) {
      slice.loaded.queueNames = rows!.map(([name]) => name!)
      slice.loaded.cover(read)
    },
  }
}

const sums = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((column) => `sum(t.t${column})`).join(', ')
const tallies = {
  name: 'tallies',
  text: `SELECT t.queue, ${sums} FROM @.tallies t WHERE t.queue = ANY($1::text[]) GROUP BY t.queue`,
}

export function loadCounters(reads: readonly ReadOf<'counters'>[], { sql }: Loading): Load {
  return {
    statements: [sql.of(tallies, { texts: reads.map(({ queue }) => queue) })],
    take(slice, [rows]) {
      for (const { queue } of reads) slice.loaded.tallies.set(queue, emptyTally())
      for (const [queue, ...counts] of rows!) slice.loaded.tallies.set(queue!, counts.map(Number))
    },
  }
}

const keyRows = {
  name: 'keys',
  text: `SELECT k.data FROM @.keys k JOIN unnest($1::text[], $2::text[]) AS u(queue, key)
    ON k.queue = u.queue AND k.key = u.key`,
}

export function loadKeys(reads: readonly ReadOf<'key'>[], { sql }: Loading): Load {
  return {
    statements: [
      sql.of(
        keyRows,
        { texts: reads.map(({ queue }) => queue) },
        { texts: reads.map(({ key }) => indexedKey(key)) },
      ),
    ],
    take(slice, [rows]) {
      for (const { queue, key } of reads) slice.loaded.keys.set(slotOf(queue, key), undefined)
      for (const [data] of rows!) {
        const key = fromJson(data!) as Key
        slice.loaded.keys.set(slotOf(key.queue, key.key), key)
      }
    },
  }
}

const keysOfQueue = { name: 'keys of a queue', text: 'SELECT k.data FROM @.keys k WHERE k.queue = $1' }

export function loadAllKeys(read: ReadOf<'keys'>, { sql }: Loading): Load {
  return {
    statements: [sql.of(keysOfQueue, read.queue)],
    take(slice, [rows]) {
      for (const [data] of rows!) {
        const key = fromJson(data!) as Key
        slice.loaded.keys.set(slotOf(key.queue, key.key), key)
      }
      slice.loaded.cover(read)
    },
  }
}

const schedule = { name: 'schedule', text: 'SELECT s.data FROM @.schedules s WHERE s.id = $1' }
const lockedSchedule = { name: 'schedule, locked', text: `${schedule.text} FOR UPDATE` }

export function loadSchedule(read: ReadOf<'schedule'>, { sql, lock }: Loading): Load {
  return {
    statements: [sql.of(lock ? lockedSchedule : schedule, read.id)],
    take(slice, [rows]) {
      const data = rows![0]?.[0]
      slice.loaded.schedules.set(read.id, data == null ? undefined : (fromJson(data) as Schedule))
    },
  }
}

const schedules = { name: 'schedules', text: 'SELECT s.data FROM @.schedules s ORDER BY s.position' }

export function loadSchedules(read: ReadOf<'schedules'>, { sql }: Loading): Load {
  return {
    statements: [sql.of(schedules)],
    take(slice, [rows]) {
      for (const [data] of rows!) {
        const one = fromJson(data!) as Schedule
        slice.loaded.schedules.set(one.id, one)
      }
      slice.loaded.cover(read)
    },
  }
}
