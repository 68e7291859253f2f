import { byteLength } from './body.ts'
import { watchFill } from './fill.ts'
import { fingerprintOf } from './fingerprint.ts'
import { verdict, withEnded } from './flow-edges.ts'
import { holdsKeySlot, uniqueUntil } from './holds.ts'
import { insertSuccessor, type Successor } from './insert.ts'
import { moved, noExtras, type Extras, type Job } from './job.ts'
import type { Moment } from './moment.ts'
import { promoteWaiting, place } from './ready.ts'
import type { Rows } from './rows.ts'
import { advanceSaga } from './saga.ts'
import type { DeadReason, Ending } from './states.ts'

/** The last move of a job, and all that follows from it in the same change: its key's slot, its latched rerun, the jobs that wait for it, its saga. */
export function end(rows: Rows, job: Job, state: Ending, at: Moment, extras: Extras = job.extras): Job {
  const ended = putEnded(rows, job, state, at, extras)
  // A loop and not a recursion: a chain of ten thousand dependents must not end in a stack overflow.
  if (extras !== noExtras || rows.dependents(job.id).length > 0)
    for (const list = [ended]; list.length > 0;) releaseDependents(rows, list.pop()!, list, at)
  return ended
}

/** Into the dead letters, with the reason. A compensation that dies leaves its saga half undone, and says so. */
export function bury(rows: Rows, job: Job, reason: DeadReason, at: Moment): Job {
  return end(rows, job, 'dead', at, asDead(job.extras, isUndoing(job) ? 'compensationFailed' : reason))
}

/** Ends a job on request. An undoing that is given up is a dead letter, its attempt a failure: redriven, the saga goes on from there. */
export function endCancelled(rows: Rows, job: Job, at: Moment): Job {
  if (!isUndoing(job)) return end(rows, job, 'cancelled', at)
  const failures = job.failures + (job.state === 'processing' ? 1 : 0)
  return bury(rows, { ...job, failures }, 'compensationFailed', at)
}

function isUndoing(job: Job): boolean {
  return job.extras.flow?.compensates !== undefined
}

function asDead(extras: Extras, reason: DeadReason): Extras {
  const error = reason === 'dependencyFailed' ? undefined : extras.errors?.at(-1)
  return { ...extras, reason, fingerprint: fingerprintOf(error, reason) }
}

/** What the hook job is told: enough to find the dead letter and to say why. */
function deadLetterOf(dead: Job): Successor {
  const { reason } = dead.extras
  const payload = JSON.stringify({
    id: dead.id,
    queue: dead.queue,
    name: dead.name,
    reason,
    error: dead.extras.errors?.at(-1),
  })
  return { id: `${dead.id}/dead/${dead.generation}`, payload, bytes: byteLength(payload) }
}

function putEnded(rows: Rows, job: Job, state: Ending, at: Moment, extras: Extras): Job {
  const { attempt, epoch } = job
  const ended = rows.put(
    moved(job, { state, since: at.now, attempt, epoch, owner: '', leaseUntil: 0, extras }),
  )
  if (rows.listening)
    rows.emit({ type: state, job: ended, ...(extras.reason !== undefined && { detail: extras.reason }) })
  watchFill(rows, job.queue, 1, at)
  if (extras === noExtras) return ended
  if (extras.key !== undefined && holdsKeySlot(job)) promoteWaiting(rows, ended.queue, extras.key, at)
  if (extras.latch !== undefined) rerun(rows, ended, at)
  if (state === 'dead' && extras.onDead !== undefined)
    insertSuccessor(rows, ended, extras.onDead, deadLetterOf(ended), at)
  return ended
}

/**
 * The follow-up a trigger asked for while the job ran. It takes over the unique key, after the ended job's window if that is open still;
 * where a newer job holds the key already, it runs beside it: the trigger's caller was told its id.
 */
function rerun(rows: Rows, ended: Job, at: Moment): void {
  const { latch, unique, key } = ended.extras
  const holder = unique === undefined ? undefined : rows.holder(unique.key, at.now)
  const free = holder === undefined || holder.id === ended.id
  const runAt = holder?.id === ended.id ? uniqueUntil(ended) : at.now
  const extras = {
    ...(key !== undefined && { key }),
    ...latch!.extras,
    ...(unique !== undefined && free && { unique: { ...unique, from: runAt } }),
  }
  insertSuccessor(rows, ended, ended, { ...latch!, runAt, extras }, at)
}

function releaseDependents(rows: Rows, ended: Job, list: Job[], at: Moment): void {
  for (const job of rows.dependents(ended.id)) {
    // One that was let go before stays so: a parent may end a second time, after a redrive.
    if (job.state !== 'blocked' || job.extras.reason !== 'dependency') continue
    const parents = withEnded(job.extras.parents ?? [], ended.id, ended.state as Ending)
    const extras = { ...job.extras, parents }
    const next = verdict(parents)
    if (next === 'waiting') rows.put({ ...job, extras })
    else if (next === 'go') place(rows, { ...job, extras, runAt: Math.max(job.runAt, at.now) }, at)
    else if (next === 'skip') list.push(putEnded(rows, job, 'cancelled', at, extras))
    else list.push(putEnded(rows, job, 'dead', at, asDead(extras, 'dependencyFailed')))
  }
  if (ended.extras.flow !== undefined) list.push(...advanceSaga(rows, ended.extras.flow.id, at, putEnded))
}
