import { isTerminal, states, type State } from '@millrace/core'
import { indexedKey, jobColumns, stateCode } from '../job-row.ts'
import { byDeadline, byLease, byRank, byRunAt, bySeq, bySince, byWorth, type Order } from '../order.ts'
import type { Clocked, ReadOf } from '../read.ts'
import { choose, lockable, nowOr, type Load, type Loading, type LockableTemplate } from './load.ts'
import { takeList } from './load-jobs.ts'

const readyJobs = lockable(
  'ready jobs',
  `SELECT ${jobColumns} FROM @.jobs j WHERE j.state = 2 AND j.queue = $1 ORDER BY j.rank, j.seq LIMIT $2`,
  'skip',
)

const readyJobsByName = lockable(
  'ready jobs by name',
  `SELECT ${jobColumns} FROM @.jobs j WHERE j.state = 2 AND j.queue = $1 AND j.name = ANY($3::text[])
    ORDER BY j.rank, j.seq LIMIT $2`,
  'skip',
)

export function loadReady(read: ReadOf<'ready'>, loading: Loading): Load {
  const { queue, names, limit } = read
  const statement =
    names === undefined
      ? loading.sql.of(choose(readyJobs, loading), queue, limit)
      : loading.sql.of(choose(readyJobsByName, loading), queue, limit, { texts: names })
  return {
    statements: [statement],
    take(slice, [rows]) {
      const { jobs, end } = takeList(rows!, limit, byRank)
      slice.jobs.take(jobs)
      slice.loaded.cover(read, { end })
    },
  }
}

interface ClockedList {
  readonly template: LockableTemplate
  readonly order: Order
}

const clocked: Readonly<Record<Clocked, ClockedList>> = {
  due: {
    template: lockable(
      'due jobs',
      `SELECT ${jobColumns} FROM @.jobs j WHERE j.state IN (0, 4) AND j.run_at <= ${nowOr('$2')}
        ORDER BY j.run_at, j.seq LIMIT $1`,
      'skip',
    ),
    order: byRunAt,
  },
  expired: {
    template: lockable(
      'expired leases',
      `SELECT ${jobColumns} FROM @.jobs j WHERE j.state = 3 AND j.lease_until < ${nowOr('$2')}
        ORDER BY j.lease_until, j.seq LIMIT $1`,
      'skip',
    ),
    order: byLease,
  },
  overdue: {
    template: lockable(
      'overdue jobs',
      `SELECT ${jobColumns} FROM @.jobs j WHERE j.deadline IS NOT NULL AND j.deadline <= ${nowOr('$2')}
        ORDER BY j.deadline, j.seq LIMIT $1`,
      'skip',
    ),
    order: byDeadline,
  },
}

export function loadClocked(read: ReadOf<Clocked>, loading: Loading): Load {
  const { template, order } = clocked[read.kind]
  return {
    statements: [loading.sql.of(choose(template, loading), read.limit, loading.now)],
    take(slice, [rows]) {
      const { jobs, end } = takeList(rows!, read.limit, order)
      slice.jobs.take(jobs)
      // The server's time stands still during a transaction, so whatever it is, this covers it.
      slice.loaded.cover(read, { end, until: loading.now ?? Infinity })
    },
  }
}

const heldJobs = lockable(
  'jobs held by',
  `SELECT ${jobColumns} FROM @.jobs j WHERE j.state = 3 AND j.owner = $1 ORDER BY j.id`,
  'wait',
)

export function loadHeld(read: ReadOf<'held'>, loading: Loading): Load {
  return {
    statements: [loading.sql.of(choose(heldJobs, loading), read.owner)],
    take(slice, [rows]) {
      slice.jobs.take(takeList(rows!, Infinity, bySeq).jobs)
      slice.loaded.cover(read)
    },
  }
}

const endedJobs = lockable(
  'ended jobs',
  `SELECT ${jobColumns} FROM @.jobs j WHERE j.state >= 5 AND j.queue = $1 AND j.state = $2::int
    ORDER BY j.queue, j.state, j.since, j.seq LIMIT $3`,
  'skip',
)

export function loadEnded(read: ReadOf<'ended'>, loading: Loading): Load {
  const { queue, state, limit } = read
  return {
    statements: [loading.sql.of(choose(endedJobs, loading), queue, stateCode(state), limit)],
    take(slice, [rows]) {
      const { jobs, end } = takeList(rows!, limit, bySince)
      slice.jobs.take(jobs)
      slice.loaded.cover(read, { end })
    },
  }
}

/** A branch for each state, so that each is found by its own index. */
function sheddable(worth: string, order: string): string {
  const branch = (state: number): string =>
    `(SELECT s.id, s.seq, ${worth} AS worth FROM @.jobs s WHERE s.state = ${state} AND s.queue = $1 AND s.attempt = 0
      ORDER BY ${order} LIMIT $2)`
  return `SELECT ${jobColumns} FROM @.jobs j WHERE j.id IN (SELECT s.id FROM
    (${[0, 1, 2].map(branch).join(' UNION ALL ')}) AS s ORDER BY ${order} LIMIT $2)`
}

// No index knows priorities: shedding by them is rare, and then all that waits in the full queue is looked through.
const sheddableJobs: Readonly<Record<'oldest' | 'lowest', LockableTemplate>> = {
  oldest: lockable('oldest sheddable jobs', sheddable('0', 'seq'), 'skip'),
  lowest: lockable('lowest sheddable jobs', sheddable('s.priority', 'worth, seq DESC'), 'skip'),
}

export function loadSheddable(read: ReadOf<'sheddable'>, loading: Loading): Load {
  const { queue, order, limit } = read
  return {
    statements: [loading.sql.of(choose(sheddableJobs[order], loading), queue, limit)],
    take(slice, [rows]) {
      const { jobs, end } = takeList(rows!, limit, order === 'oldest' ? bySeq : byWorth)
      slice.jobs.take(jobs)
      slice.loaded.cover(read, { end })
    },
  }
}

/** Literal, so that the planner sees which partial index serves. */
function condition(state: State): string {
  return isTerminal(state)
    ? `j.state >= 5 AND j.state = ${stateCode(state)}`
    : `j.state = ${stateCode(state)}`
}

const listed: ReadonlyMap<State, LockableTemplate> = new Map(
  states.map((state) => [
    state,
    lockable(
      `list ${state}`,
      `SELECT ${jobColumns} FROM @.jobs j WHERE ${condition(state)} AND j.seq > $1::float8
        AND ($2::text IS NULL OR j.queue = $2) AND ($3::text IS NULL OR j.name = $3)
        AND ($4::text IS NULL OR j.fingerprint = $4) ORDER BY j.seq LIMIT $5`,
      'wait',
    ),
  ]),
)

export function loadList(read: ReadOf<'list'>, loading: Loading): Load {
  const { state, after = 0, queue = null, name = null, fingerprint, limit } = read.filter
  const indexed = fingerprint === undefined ? null : indexedKey(fingerprint)
  const templates = (state === undefined ? states : [state]).map((one) => listed.get(one)!)
  return {
    statements: templates.map((template) =>
      loading.sql.of(choose(template, loading), after, queue, name, indexed, limit),
    ),
    take(slice, results) {
      const rows = results.flat()
      const { jobs } = takeList(rows, Infinity, bySeq)
      slice.jobs.take(jobs)
      const end = rows.length < limit ? undefined : jobs.toSorted(bySeq)[limit - 1]
      slice.loaded.cover(read, { end })
    },
  }
}
