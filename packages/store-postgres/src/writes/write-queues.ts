import type { Key, Queue, Schedule } from '@millrace/core'
import { indexedKey } from '../job-row.ts'
import { toJson } from '../json.ts'
import { isLimited } from '../limited.ts'
import { firesAt } from '../order.ts'
import type { Slice } from '../slice.ts'
import type { Statement, Statements, Template } from '../statement.ts'
import type { Tally } from '../tally.ts'

const putQueues: Template = {
  name: 'put queues',
  text: `INSERT INTO @.queues AS q (name, revision, limited, data)
      SELECT u.name, 1, u.limited = 1, u.data FROM unnest($1::text[], $2::float8[], $3::text[]) AS u(name, limited, data)
    ON CONFLICT (name) DO UPDATE SET revision = q.revision + 1, limited = excluded.limited, data = excluded.data`,
}

const putKeys: Template = {
  name: 'put keys',
  text: `INSERT INTO @.keys (queue, key, data) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
    ON CONFLICT (queue, key) DO UPDATE SET data = excluded.data`,
}

const removeKeys: Template = {
  name: 'remove keys',
  text: `DELETE FROM @.keys k USING unnest($1::text[], $2::text[]) AS u(queue, key)
    WHERE k.queue = u.queue AND k.key = u.key`,
}

const putSchedules: Template = {
  name: 'put schedules',
  text: `INSERT INTO @.schedules (id, next_at, data) SELECT * FROM unnest($1::text[], $2::float8[], $3::text[])
    ON CONFLICT (id) DO UPDATE SET next_at = excluded.next_at, data = excluded.data`,
}

const removeSchedules: Template = {
  name: 'remove schedules',
  text: 'DELETE FROM @.schedules s WHERE s.id = ANY($1::text[])',
}

/** Everything but jobs and counters. */
export function writeRows(sql: Statements, slice: Slice): readonly Statement[] {
  return [
    ...writeQueues(sql, [...slice.changedQueues.entries().values()] as readonly Queue[]),
    ...writeKeys(sql, slice.changedKeys.entries()),
    ...writeSchedules(sql, slice.changedSchedules.entries()),
  ]
}

function writeQueues(sql: Statements, queues: readonly Queue[]): readonly Statement[] {
  if (queues.length === 0) return []
  return [
    sql.of(
      putQueues,
      { texts: queues.map(({ name }) => name) },
      { numbers: queues.map(({ config }) => Number(isLimited(config))) },
      { texts: queues.map(toJson) },
    ),
  ]
}

function writeKeys(sql: Statements, changes: ReadonlyMap<string, Key | undefined>): readonly Statement[] {
  const put = [...changes.values()].filter((key) => key !== undefined)
  const gone = [...changes]
    .filter(([, key]) => key === undefined)
    .map(([name]) => JSON.parse(name) as [string, string])
  const statements: Statement[] = []
  if (put.length > 0)
    statements.push(
      sql.of(
        putKeys,
        { texts: put.map(({ queue }) => queue) },
        { texts: put.map(({ key }) => indexedKey(key)) },
        { texts: put.map(toJson) },
      ),
    )
  if (gone.length > 0)
    statements.push(
      sql.of(
        removeKeys,
        { texts: gone.map(([queue]) => queue) },
        { texts: gone.map(([, key]) => indexedKey(key)) },
      ),
    )
  return statements
}

function writeSchedules(
  sql: Statements,
  changes: ReadonlyMap<string, Schedule | undefined>,
): readonly Statement[] {
  const put = [...changes.values()].filter((schedule) => schedule !== undefined)
  const gone = [...changes].filter(([, schedule]) => schedule === undefined).map(([id]) => id)
  const statements: Statement[] = []
  if (put.length > 0)
    statements.push(
      sql.of(
        putSchedules,
        { texts: put.map(({ id }) => id) },
        { numbers: put.map(firesAt).map((at) => (at === Infinity ? null : at)) },
        { texts: put.map(toJson) },
      ),
    )
  if (gone.length > 0) statements.push(sql.of(removeSchedules, { texts: gone }))
  return statements
}

const columns = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

/**
 * Each connection counts on a row of its own for each queue, so no two wait for each other; the counters are the sum.
 * Read without a lock they lack only what is not committed yet. A queue with limits is locked first, and then they lack nothing.
 */
const addTallies: Template = {
  name: 'add to tallies',
  text: `INSERT INTO @.tallies AS t (queue, shard, ${columns.map((column) => `t${column}`).join(', ')})
      SELECT u.queue, pg_backend_pid() % 64, ${columns.map((column) => `u.t${column}::bigint`).join(', ')}
      FROM unnest($1::text[], ${columns.map((column) => `$${column + 2}::float8[]`).join(', ')})
        AS u(queue, ${columns.map((column) => `t${column}`).join(', ')})
    ON CONFLICT (queue, shard) DO UPDATE SET ${columns.map((column) => `t${column} = t.t${column} + excluded.t${column}`).join(', ')}`,
}

export function writeTallies(sql: Statements, changes: ReadonlyMap<string, Tally>): readonly Statement[] {
  const tallies = [...changes]
    .filter(([, tally]) => tally.some((count) => count !== 0))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  if (tallies.length === 0) return []
  return [
    sql.of(
      addTallies,
      { texts: tallies.map(([queue]) => queue) },
      ...columns.map((column) => ({ numbers: tallies.map(([, tally]) => tally[column]!) })),
    ),
  ]
}

// Dividing by zero is the error that costs nothing while there is none; a function that raises one costs a third of an enqueue.
const refuseStale: Template = {
  name: 'refuse a stale queue',
  text: `SELECT 1 / (coalesce((SELECT q.revision FROM @.queues q WHERE q.name = $1), 0) = $2::bigint)::int`,
}

/** Fails, with `staleCode`, unless the rows of these queues still are the ones that were decided by. */
export function checkRevisions(
  sql: Statements,
  revisions: ReadonlyMap<string, number>,
): readonly Statement[] {
  return [...revisions].map(([name, revision]) => sql.of(refuseStale, name, revision))
}

/** The error code of a write that was decided by rows that have changed since: division by zero. */
export const staleCode = '22012'
