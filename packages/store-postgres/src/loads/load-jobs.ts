import type { Job } from '@millrace/core'
import { indexedKey, jobColumns, jobOf } from '../job-row.ts'
import { bySeq } from '../order.ts'
import type { ReadOf } from '../read.ts'
import type { Fields } from '../statement.ts'
import { choose, lockable, nowOr, type Load, type Loading } from './load.ts'

const byIds = lockable(
  'jobs by id',
  `SELECT ${jobColumns} FROM @.jobs j WHERE j.id = ANY($1::text[]) ORDER BY j.id`,
  'wait',
)

export function loadJobs(reads: readonly ReadOf<'job'>[], loading: Loading): Load {
  const ids = reads.map(({ id }) => id)
  return {
    statements: [loading.sql.of(choose(byIds, loading), { texts: ids })],
    take(slice, [rows]) {
      slice.jobs.take(rows!.map(jobOf))
      for (const id of ids) slice.jobs.takeAbsent(id)
    },
  }
}

const byUniqueKeys = lockable(
  'jobs by unique key',
  `SELECT ${jobColumns} FROM @.jobs j WHERE j.unique_key = ANY($1::text[])
    AND (j.unique_until IS NULL OR j.unique_until > ${nowOr('$2')}) ORDER BY j.id`,
  'wait',
)

/**
 * Looked at twice: the first look may wait for a transaction that ends the holder and puts another in its place, and that one
 * only a new look finds.
 */
export function loadUnique(reads: readonly ReadOf<'unique'>[], loading: Loading): Load {
  const look = loading.sql.of(
    choose(byUniqueKeys, loading),
    { texts: reads.map(({ key }) => indexedKey(key)) },
    loading.now,
  )
  return {
    statements: loading.lock ? [look, look] : [look],
    take(slice, results) {
      slice.jobs.take(results.at(-1)!.map(jobOf))
      for (const read of reads) slice.loaded.cover(read)
    },
  }
}

const byIdempotencyKeys = lockable(
  'jobs by idempotency key',
  `SELECT ${jobColumns} FROM @.jobs j WHERE j.idempotency_key = ANY($1::text[]) ORDER BY j.id`,
  'wait',
)

export function loadIdempotency(reads: readonly ReadOf<'idempotency'>[], loading: Loading): Load {
  const keys = reads.map(({ key }) => indexedKey(key))
  return {
    statements: [loading.sql.of(choose(byIdempotencyKeys, loading), { texts: keys })],
    take(slice, [rows]) {
      slice.jobs.take(rows!.map(jobOf))
      for (const read of reads) slice.loaded.cover(read)
    },
  }
}

const byParents = lockable(
  'dependents',
  `SELECT ${jobColumns} FROM (SELECT DISTINCT e.child FROM @.edges e WHERE e.parent = ANY($1::text[])
      ORDER BY e.child) AS e JOIN @.jobs j ON j.id = e.child`,
  'wait',
)

const belowParents = lockable(
  'dependents and theirs',
  `SELECT ${jobColumns} FROM (
      WITH RECURSIVE below AS (
        SELECT e.child FROM @.edges e WHERE e.parent = ANY($1::text[])
        UNION SELECT e.child FROM below b JOIN @.edges e ON e.parent = b.child)
      SELECT below.child FROM below ORDER BY below.child) AS e JOIN @.jobs j ON j.id = e.child`,
  'wait',
)

function loadDeepDependents(reads: readonly ReadOf<'dependents'>[], loading: Loading): Load {
  return {
    statements: [loading.sql.of(choose(belowParents, loading), { texts: reads.map(({ id }) => id) })],
    take(slice, [rows]) {
      const jobs = rows!.map(jobOf)
      slice.jobs.take(jobs)
      for (const { id } of [...reads, ...jobs]) slice.loaded.cover({ kind: 'dependents', id })
    },
  }
}

export function loadDependents(reads: readonly ReadOf<'dependents'>[], loading: Loading): Load {
  if (reads.some(({ deep }) => deep)) return loadDeepDependents(reads, loading)
  return {
    statements: [loading.sql.of(choose(byParents, loading), { texts: reads.map(({ id }) => id) })],
    take(slice, [rows]) {
      slice.jobs.take(rows!.map(jobOf))
      for (const read of reads) slice.loaded.cover(read)
    },
  }
}

const byFlows = lockable(
  'jobs by flow',
  `SELECT ${jobColumns} FROM @.jobs j WHERE j.flow = ANY($1::text[]) ORDER BY j.id`,
  'wait',
)

export function loadFlows(reads: readonly ReadOf<'flow'>[], loading: Loading): Load {
  return {
    statements: [loading.sql.of(choose(byFlows, loading), { texts: reads.map(({ id }) => id) })],
    take(slice, [rows]) {
      slice.jobs.take(rows!.map(jobOf))
      for (const read of reads) slice.loaded.cover(read)
    },
  }
}

const countSlots = {
  name: 'slots of keys',
  text: `SELECT u.queue, u.key, (SELECT count(*) FROM @.jobs j WHERE j.queue = u.queue AND j.key = u.key AND j.key_role = 1)
    FROM unnest($1::text[], $2::text[]) AS u(queue, key)`,
}

const waitingForKeys = lockable(
  'jobs waiting for keys',
  `SELECT ${jobColumns} FROM unnest($1::text[], $2::text[], $3::float8[]) AS u(queue, key, most) CROSS JOIN LATERAL (
      SELECT w.id FROM @.jobs w WHERE w.queue = u.queue AND w.key = u.key AND w.key_role = 2
      ORDER BY w.seq LIMIT u.most::bigint) AS w JOIN @.jobs j ON j.id = w.id ORDER BY j.id`,
  'wait',
)

export function loadSlots(reads: readonly ReadOf<'slots'>[], loading: Loading): Load {
  const queues = { texts: reads.map(({ queue }) => queue) }
  const keys = { texts: reads.map(({ key }) => indexedKey(key)) }
  const limits = { numbers: reads.map(({ limit }) => limit) }
  return {
    statements: [
      loading.sql.of(choose(waitingForKeys, loading), queues, keys, limits),
      loading.sql.of(countSlots, queues, keys),
    ],
    take(slice, [waiting, counts]) {
      const jobs = waiting!.map(jobOf)
      slice.jobs.take(jobs)
      for (const [index, read] of reads.entries()) {
        const own = jobs.filter((job) => job.queue === read.queue && job.extras.key === read.key)
        const end = own.length < read.limit ? undefined : own.toSorted(bySeq).at(-1)
        slice.loaded.cover(read, { end, count: Number(counts![index]![2]) })
      }
    },
  }
}

const firstWaiters = {
  name: 'keys waited for',
  text: `SELECT DISTINCT ON (j.key) ${jobColumns} FROM @.jobs j WHERE j.queue = $1 AND j.key_role = 2 ORDER BY j.key, j.seq`,
}

/** The first in line of each key stands for its key. */
export function loadWaitingKeys(read: ReadOf<'waitingKeys'>, { sql }: Loading): Load {
  return {
    statements: [sql.of(firstWaiters, read.queue)],
    take(slice, [rows]) {
      slice.jobs.take(rows!.map(jobOf))
      slice.loaded.cover(read)
    },
  }
}

/** Enters a list that was loaded up to a limit. */
export function takeList(
  rows: readonly Fields[],
  limit: number,
  order: (a: Job, b: Job) => number,
): { readonly jobs: readonly Job[]; readonly end: Job | undefined } {
  const jobs = rows.map(jobOf)
  return { jobs, end: jobs.length < limit ? undefined : jobs.toSorted(order).at(-1) }
}
