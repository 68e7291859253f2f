import type { Job } from './job.ts'
import type { Moment } from './moment.ts'
import type { Counters } from './queue.ts'
import type { ListFilter, Rows } from './rows.ts'

export interface JobsReply {
  readonly jobs: readonly Job[]
}

/** The job with this id, or none. */
export function findJob(rows: Rows, { id }: { readonly id: string }, _at: Moment): JobsReply {
  const job = rows.job(id)
  return { jobs: job === undefined ? [] : [job] }
}

/** Jobs in order of acceptance, page by page: the next page comes after the last one's `seq`. */
export function listJobs(rows: Rows, filter: ListFilter, _at: Moment): JobsReply {
  return { jobs: rows.list(filter) }
}

export interface QueueCount extends Counters {
  readonly queue: string
  readonly paused: boolean
  readonly saturated: boolean
  /** How long the job next in line has been claimable, in milliseconds. */
  readonly lag: number
}

export interface CountReply {
  readonly queues: readonly QueueCount[]
}

/** What every queue holds. */
export function countJobs(rows: Rows, _request: Record<never, never>, at: Moment): CountReply {
  return { queues: rows.queueNames().map((name) => countQueue(rows, name, at.now)) }
}

function countQueue(rows: Rows, name: string, now: number): QueueCount {
  const queue = rows.queue(name)
  const head = rows.ready(name, undefined, 1)[0]
  const lag = head === undefined ? 0 : now - head.since
  return {
    queue: name,
    paused: queue?.paused ?? false,
    saturated: queue?.saturated ?? false,
    lag,
    ...rows.counters(name),
  }
}

export interface DeadGroup {
  readonly fingerprint: string
  readonly count: number
  /** The newest of them, as an example. */
  readonly example: string
  readonly lastAt: number
}

/** The dead letters, grouped by what killed them, the largest group first. Looks at no more than `limit` of them. */
export function groupDead(
  rows: Rows,
  { limit, queue }: { readonly limit: number; readonly queue?: string },
  _at: Moment,
): { readonly groups: readonly DeadGroup[] } {
  const groups = new Map<string, DeadGroup>()
  for (const job of rows.list({ state: 'dead', limit, ...(queue !== undefined && { queue }) })) {
    const fingerprint = job.extras.fingerprint ?? job.extras.reason ?? ''
    const group = groups.get(fingerprint)
    const newest = group === undefined || job.since >= group.lastAt
    groups.set(fingerprint, {
      fingerprint,
      count: (group?.count ?? 0) + 1,
      example: newest ? job.id : group.example,
      lastAt: newest ? job.since : group.lastAt,
    })
  }
  return {
    groups: [...groups.values()].sort(
      (a, b) => b.count - a.count || (a.fingerprint < b.fingerprint ? -1 : 1),
    ),
  }
}
