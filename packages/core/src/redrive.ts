import { byteLength } from './body.ts'
import { watchFill } from './fill.ts'
import { withKnownEnds } from './insert.ts'
import type { Extras, Job, Millis } from './job.ts'
import type { Moment } from './moment.ts'
import { place } from './ready.ts'
import { isNeeded } from './retention.ts'
import type { Rows } from './rows.ts'

/** Which dead letters are meant; all of them, if nothing is said. */
export interface DeadFilter {
  readonly ids?: readonly string[]
  readonly queue?: string
  readonly name?: string
  readonly fingerprint?: string
  readonly limit: number
}

export interface RedriveRequest extends DeadFilter {
  /** So many per second, the first at once; all at once, if not given. */
  readonly ratePerSecond?: number
  /** Takes the place of each one's payload. */
  readonly payload?: string
  readonly dryRun?: boolean
}

export interface RedriveReply {
  readonly redriven: readonly string[]
  /** Dead letters whose unique key another job holds now, or whose saga was undone: they stay. */
  readonly conflicts: readonly string[]
}

/** Sends dead letters round again: a new generation with fresh counters, the epoch and the history kept. */
export function redrive(rows: Rows, request: RedriveRequest, at: Moment): RedriveReply {
  const redriven: string[] = []
  const conflicts: string[] = []
  const spacing = request.ratePerSecond === undefined ? 0 : 1_000 / request.ratePerSecond
  const taken = new Set<string>()
  for (const job of matching(rows, request)) {
    const key = job.extras.unique?.key
    if (isHindered(rows, job, at.now) || (key !== undefined && taken.has(key))) conflicts.push(job.id)
    else {
      if (key !== undefined) taken.add(key)
      if (request.dryRun !== true)
        revive(rows, job, request.payload, at.now + Math.round(redriven.length * spacing), at)
      redriven.push(job.id)
    }
  }
  return { redriven, conflicts }
}

export interface DiscardReply {
  readonly discarded: readonly string[]
  /** Dead letters that their flow still needs to be undone: they stay. */
  readonly conflicts: readonly string[]
}

/** Removes dead letters for good. */
export function discard(rows: Rows, request: DeadFilter, at: Moment): DiscardReply {
  const discarded: string[] = []
  const conflicts: string[] = []
  for (const job of matching(rows, request)) {
    if (isNeeded(rows, job, at.now)) conflicts.push(job.id)
    else {
      rows.remove(job)
      rows.emit({ type: 'pruned', job })
      discarded.push(job.id)
    }
  }
  return { discarded, conflicts }
}

function matching(rows: Rows, { ids, limit, ...filter }: DeadFilter): readonly Job[] {
  if (ids === undefined) return rows.list({ ...pick(filter), state: 'dead', limit })
  const { queue, name, fingerprint } = filter
  const isMeant = (job: Job | undefined): job is Job =>
    job?.state === 'dead' &&
    (queue ?? job.queue) === job.queue &&
    (name ?? job.name) === job.name &&
    (fingerprint ?? job.extras.fingerprint) === job.extras.fingerprint
  return [...new Set(ids)]
    .map((id) => rows.job(id))
    .filter(isMeant)
    .slice(0, limit)
}

function pick({ queue, name, fingerprint }: Omit<DeadFilter, 'ids' | 'limit'>): {
  queue?: string
  name?: string
  fingerprint?: string
} {
  return {
    ...(queue !== undefined && { queue }),
    ...(name !== undefined && { name }),
    ...(fingerprint !== undefined && { fingerprint }),
  }
}

function isHindered(rows: Rows, job: Job, now: Millis): boolean {
  const { unique, flow } = job.extras
  const holder = unique === undefined ? undefined : rows.holder(unique.key, now)
  if (holder !== undefined && holder.id !== job.id) return true
  // A step that was undone must not run again behind its compensation's back.
  return (
    flow !== undefined &&
    flow.compensates === undefined &&
    rows.flow(flow.id).some((step) => step.extras.flow?.compensates !== undefined)
  )
}

function revive(rows: Rows, job: Job, payload: string | undefined, runAt: Millis, at: Moment): void {
  const body = payload === undefined ? {} : { payload, bytes: byteLength(payload) }
  const fresh = {
    attempt: 0,
    failures: 0,
    crashes: 0,
    snoozes: 0,
    refunds: 0,
    rank: 0,
    generation: job.generation + 1,
  }
  const revived = place(rows, { ...job, ...body, ...fresh, runAt, extras: living(rows, job.extras) }, at)
  watchFill(rows, job.queue, 0, at)
  rows.emit({ type: 'redriven', job: revived })
}

/** Without what its death left; a deadline that has passed would end it again before it starts. */
function living(rows: Rows, extras: Extras): Extras {
  const {
    reason: _reason,
    fingerprint: _fingerprint,
    cancel: _cancel,
    latch: _latch,
    deadline: _deadline,
    parents,
    ...rest
  } = extras
  if (parents === undefined) return rest
  return {
    ...rest,
    parents: withKnownEnds(rows, parents).map((parent) => ({ ...parent, onFailure: 'continue' })),
  }
}
