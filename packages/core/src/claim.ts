import { assert } from './error.ts'
import { moved, type Job, type Millis } from './job.ts'
import { allowance, spend, type Allowance } from './limits.ts'
import type { Moment } from './moment.ts'
import { endOverdue, isOverdue } from './overdue.ts'
import { promoteDue } from './ready.ts'
import { earnRetries } from './retry-budget.ts'
import type { Rows } from './rows.ts'
import { nextShare, type Share } from './weights.ts'

export interface ClaimRequest {
  /** The worker's session: random, never used again. */
  readonly owner: string
  readonly leaseMs: Millis
  /** The worker's free slots. */
  readonly limit: number
  /** With the credits of the last reply (0 at first): the memory of the weighted round robin is the worker's own. */
  readonly queues: readonly QueueShare[]
  /** Jobs this worker has handlers for; all, if not given. */
  readonly names?: readonly string[]
}

export interface QueueShare {
  readonly queue: string
  readonly weight: number
  readonly credit: number
}

export interface ClaimReply {
  readonly jobs: readonly Job[]
  /** What each queue is owed now, in the order of the request. */
  readonly credits: readonly number[]
  /** When there may be more to claim, if only time is in the way; `Infinity` if not. */
  readonly nextAt: Millis
}

// One claim promotes and ends at most this many; the next one goes on. It bounds the turn when a backlog of a million falls due at once.
const boundPerClaim = 1_000

/** Gives the worker the best jobs it may have now, each with a lease and a new fencing token. */
export function claim(rows: Rows, request: ClaimRequest, at: Moment): ClaimReply {
  assert(
    request.queues.length === 1 ||
      new Set(request.queues.map(({ queue }) => queue)).size === request.queues.length,
    'a claim names a queue twice',
  )
  endOverdue(rows, boundPerClaim, at)
  promoteDue(rows, at, boundPerClaim)
  const lines = request.queues.map((share) => openLine(rows, share, request, at))
  const jobs = lines.length === 1 ? takeFirst(lines[0]!, request.limit) : takeShares(lines, request.limit)
  for (const line of lines) closeLine(rows, line, at)
  const leaseUntil = at.now + request.leaseMs
  const leased = jobs.map((job) => lease(rows, job, request.owner, leaseUntil, at))
  return { jobs: leased, credits: lines.map(({ credit }) => credit), nextAt: nextAt(rows, lines) }
}

/** What one queue offers to this claim. */
interface Line extends Share {
  readonly queue: string
  readonly offered: readonly Job[]
  readonly allowance: Allowance
  taken: number
}

function openLine(rows: Rows, share: QueueShare, request: ClaimRequest, at: Moment): Line {
  const { queue, weight, credit } = share
  const allowed = allowance(rows, rows.queue(queue), at.now)
  const most = Math.min(request.limit, allowed.starts)
  const offered = most <= 0 ? [] : rows.ready(queue, request.names, most)
  const isLate = (job: Job): boolean => isOverdue(job, at.now)
  const inTime = offered.some(isLate) ? offered.filter((job) => !isLate(job)) : offered
  return { queue, weight, credit, offered: inTime, allowance: allowed, taken: 0 }
}

function takeFirst(line: Line, limit: number): readonly Job[] {
  line.taken = Math.min(limit, line.offered.length)
  return line.offered.length <= limit ? line.offered : line.offered.slice(0, limit)
}

function takeShares(lines: readonly Line[], limit: number): readonly Job[] {
  const jobs: Job[] = []
  while (jobs.length < limit) {
    const index = nextShare(lines, (at) => lines[at]!.taken < lines[at]!.offered.length)
    if (index < 0) return jobs
    const line = lines[index]!
    jobs.push(line.offered[line.taken++]!)
  }
  return jobs
}

function closeLine(rows: Rows, line: Line, at: Moment): void {
  const queue = rows.queue(line.queue)
  if (queue === undefined || line.taken === 0) return
  let next = spend(queue, line.taken, at.now)
  if (queue.config.order === 'fair')
    next = { ...next, virtualTime: Math.max(next.virtualTime, line.offered[line.taken - 1]!.rank) }
  if (queue.config.retryBudget !== undefined) next = earnRetries(next, line.offered.slice(0, line.taken))
  if (next !== queue) rows.putQueue(next)
}

function lease(rows: Rows, job: Job, owner: string, leaseUntil: Millis, at: Moment): Job {
  const leased = rows.put(
    moved(job, {
      state: 'processing',
      since: at.now,
      attempt: job.attempt + 1,
      epoch: job.epoch + 1,
      owner,
      leaseUntil,
      extras: job.extras,
    }),
  )
  if (rows.listening) rows.emit({ type: 'started', job: leased })
  return leased
}

function nextAt(rows: Rows, lines: readonly Line[]): Millis {
  let earliest = rows.nextAt()
  for (const { taken, allowance: allowed } of lines) {
    if (taken >= allowed.starts && allowed.moreAt < earliest) earliest = allowed.moreAt
  }
  return earliest
}
