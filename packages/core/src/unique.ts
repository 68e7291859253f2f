import { holdsKeySlot, isUnstarted, uniqueUntil } from './holds.ts'
import type { Extras, Job } from './job.ts'
import type { Moment } from './moment.ts'
import type { NewJob } from './new-job.ts'
import { rerank } from './rank.ts'
import { makeReady, promoteWaiting } from './ready.ts'
import type { Rows } from './rows.ts'
import { isTerminal } from './states.ts'

/** What became of a job that met the holder of its unique key. */
export type Conflict =
  | { readonly outcome: Merged | 'conflict' | 'tooLarge'; readonly holder: Job }
  /** The holder's time window is still open though it ended: the trigger runs when the window is over. */
  | { readonly outcome: 'later'; readonly runAt: number }

type Merged = 'kept' | 'replaced' | 'debounced' | 'throttled' | 'latched'

/** Decides by the incoming job's policy; `undefined` when nobody holds the key. */
export function resolveConflict(rows: Rows, job: NewJob, at: Moment): Conflict | undefined {
  const unique = job.extras.unique
  if (unique === undefined) return undefined
  const holder = rows.holder(unique.key, at.now)
  if (holder === undefined) return undefined
  switch (unique.onConflict) {
    case 'keep':
      return { outcome: 'kept', holder }
    case 'throttle':
      return { outcome: 'throttled', holder }
    case 'reject':
      return { outcome: 'conflict', holder }
    case 'replace':
    case 'rerun':
      return newest(rows, holder, job, 'replaced', at)
    case 'debounce':
      return newest(rows, holder, job, 'debounced', at)
  }
}

/** The last trigger is never lost: an unstarted holder takes its payload, a running one latches it, an ended one is followed after its window. */
function newest(
  rows: Rows,
  holder: Job,
  job: NewJob,
  outcome: 'replaced' | 'debounced',
  at: Moment,
): Conflict {
  if (isTerminal(holder.state)) return { outcome: 'later', runAt: uniqueUntil(holder) }
  if (!isUnstarted(holder)) {
    // The first trigger's id stays, so that every caller was told an id that comes true.
    const id = holder.extras.latch?.id ?? job.id
    const latch = {
      id,
      payload: job.payload,
      bytes: job.bytes,
      priority: job.priority,
      extras: ownExtras(job),
    }
    return { outcome: 'latched', holder: rows.put({ ...holder, extras: { ...holder.extras, latch } }) }
  }
  if (!hasRoomToGrow(rows, holder, job.bytes)) return { outcome: 'tooLarge', holder }
  // Only a run time that was asked for moves the holder: it may be waiting for the end of a window.
  const runAt =
    outcome === 'debounced'
      ? debouncedUntil(holder, job, at.now)
      : job.runAt === 0
        ? holder.runAt
        : Math.max(job.runAt, at.now)
  const renewed = { ...holder, payload: job.payload, bytes: job.bytes, priority: job.priority, runAt }
  return { outcome, holder: reposition(rows, holder, renewed, at) }
}

/** What a follow-up takes from its trigger; what places it among other jobs it gets from the job it follows. */
function ownExtras({ extras }: NewJob): Extras {
  const {
    unique: _unique,
    idempotency: _idempotency,
    parents: _parents,
    flow: _flow,
    deadline: _deadline,
    ...own
  } = extras
  return own
}

/** A larger payload in the holder's place counts against the queue's bytes like any other. */
function hasRoomToGrow(rows: Rows, holder: Job, bytes: number): boolean {
  const most = rows.queue(holder.queue)?.config.maxBytes ?? Infinity
  return bytes <= holder.bytes || rows.counters(holder.queue).bytes + bytes - holder.bytes <= most
}

function debouncedUntil(holder: Job, job: NewJob, now: number): number {
  const { waitMs = 0, maxWaitMs = Infinity } = job.extras.unique ?? {}
  return Math.min(now + waitMs, holder.createdAt + maxWaitMs)
}

/** Puts the renewed holder where its new run time and priority belong; a slot of its key that it gives up goes to the next in line. */
function reposition(rows: Rows, holder: Job, renewed: Job, at: Moment): Job {
  if (holder.state === 'blocked' && holder.extras.reason !== 'key') return rows.put(renewed)
  if (renewed.runAt > at.now) {
    const scheduled = rows.put({ ...renewed, state: 'scheduled', since: at.now })
    if (holdsKeySlot(holder)) promoteWaiting(rows, holder.queue, holder.extras.key!, at)
    return scheduled
  }
  if (holder.state === 'blocked') return rows.put(renewed)
  if (holder.state === 'scheduled') return makeReady(rows, { ...renewed, rank: 0 }, at)
  return rows.put({ ...renewed, rank: rerank(rows, renewed) })
}
