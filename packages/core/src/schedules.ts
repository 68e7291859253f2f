import { cancel } from './cancel.ts'
import { take } from './enqueue.ts'
import type { Extras, Millis } from './job.ts'
import type { Moment } from './moment.ts'
import type { Rows } from './rows.ts'
import type { Missed, Schedule } from './schedule.ts'
import { isTerminal } from './states.ts'

/** An occurrence this late was not merely waiting for a timer: it was missed. */
export const missedAfterMs: Millis = 60_000

/** Stores a schedule. The same one again changes nothing and keeps its place in time; a changed one starts anew. */
export function putSchedule(
  rows: Rows,
  { schedule }: { readonly schedule: Schedule },
  _at: Moment,
): { readonly outcome: 'stored' | 'unchanged' } {
  const known = rows.schedule(schedule.id)
  if (known !== undefined && sameRule(known, schedule)) return { outcome: 'unchanged' }
  rows.putSchedule(known === undefined ? schedule : { ...schedule, lastJob: known.lastJob })
  return { outcome: 'stored' }
}

function sameRule(a: Schedule, b: Schedule): boolean {
  return ruleOf(a) === ruleOf(b)
}

/** All that was asked for, without where it stands; two occurrences' job ids differ, so the template's does not count. */
function ruleOf({ spec, missed, overlap, template, paused }: Schedule): string {
  const { anchor: _, ...rule } = { anchor: 0, ...spec }
  return JSON.stringify([rule, missed, overlap, { ...template, id: '' }, paused])
}

export function dropSchedule(
  rows: Rows,
  { id }: { readonly id: string },
  _at: Moment,
): { readonly outcome: 'dropped' | 'notFound' } {
  if (rows.schedule(id) === undefined) return { outcome: 'notFound' }
  rows.removeSchedule(id)
  return { outcome: 'dropped' }
}

export function listSchedules(
  rows: Rows,
  _request: Record<never, never>,
  _at: Moment,
): { readonly schedules: readonly Schedule[] } {
  return { schedules: rows.schedules() }
}

export interface Occurrence {
  /** `schedule@time`: the same from every runtime, so that it is stored once. */
  readonly id: string
  readonly nominalAt: Millis
}

export interface FireRequest {
  readonly id: string
  /** `nextAt` as the caller read it: if another runtime was faster, nothing happens. */
  readonly expected: Millis
  /** The times from `expected` to now, oldest first. */
  readonly occurrences: readonly Occurrence[]
  /** The first time after now. */
  readonly nextAt: Millis
}

export interface FireReply {
  /** Ids of the jobs made. */
  readonly fired: readonly string[]
}

/** Moves the schedule's cursor and makes the jobs of the times it passes, in one change: many runtimes fire each occurrence once. */
export function fire(rows: Rows, { id, expected, occurrences, nextAt }: FireRequest, at: Moment): FireReply {
  const schedule = rows.schedule(id)
  if (schedule === undefined || schedule.paused || schedule.nextAt !== expected) return { fired: [] }
  let current: Schedule = { ...schedule, nextAt }
  const fired: string[] = []
  for (const occurrence of wanted(schedule.missed, occurrences, at.now)) {
    if (rows.job(occurrence.id) !== undefined || !clearTheWay(rows, current, at)) continue
    const job = {
      ...current.template,
      id: occurrence.id,
      runAt: 0,
      extras: extrasOf(rows, current, occurrence),
    }
    if (take(rows, job, true, at).outcome !== 'enqueued') continue
    current = { ...current, lastJob: occurrence.id }
    fired.push(occurrence.id)
  }
  rows.putSchedule(current)
  return { fired }
}

function wanted(missed: Missed, occurrences: readonly Occurrence[], now: Millis): readonly Occurrence[] {
  if (missed === 'latest') return occurrences.slice(-1)
  if (missed === 'skip')
    return occurrences.slice(-1).filter(({ nominalAt }) => now - nominalAt <= missedAfterMs)
  return missed.all < 1 ? [] : occurrences.slice(-missed.all)
}

/** Deals with the previous occurrence if it still runs; false if this one has to give way. */
function clearTheWay(rows: Rows, schedule: Schedule, at: Moment): boolean {
  if (!isUnfinished(rows, schedule.lastJob)) return true
  if (schedule.overlap === 'skip') return false
  if (schedule.overlap === 'cancelPrevious')
    cancel(
      rows,
      { ids: [schedule.lastJob], reason: `overtaken by the next occurrence of ${schedule.id}` },
      at,
    )
  return true
}

function isUnfinished(rows: Rows, id: string): boolean {
  const job = id === '' ? undefined : rows.job(id)
  return job !== undefined && !isTerminal(job.state)
}

/** Under `queue` an occurrence waits for the one before it, however that ends. */
function extrasOf(rows: Rows, schedule: Schedule, { nominalAt }: Occurrence): Extras {
  const extras = { ...schedule.template.extras, schedule: { id: schedule.id, nominalAt } }
  if (schedule.overlap !== 'queue' || !isUnfinished(rows, schedule.lastJob)) return extras
  return { ...extras, parents: [{ id: schedule.lastJob, onFailure: 'continue' }] }
}
