import { cancel } from './cancel.ts'
import { claim } from './claim.ts'
import { configure, pause } from './configure.ts'
import { enqueue } from './enqueue.ts'
import { explain } from './explain.ts'
import { note } from './note.ts'
import { prune } from './prune.ts'
import { countJobs, findJob, groupDead, listJobs } from './read.ts'
import { reap } from './reap.ts'
import { discard, redrive } from './redrive.ts'
import { renew } from './renew.ts'
import { dropSchedule, fire, listSchedules, putSchedule } from './schedules.ts'
import { settle } from './settle.ts'

/**
 * Every command, by the name a store runs it under. Each is `(rows, request, at) => reply`, synchronous and pure but for
 * what it does through `rows`. A reply that carries jobs carries them as `jobs`, so that a store can read their bodies back.
 */
export const commands: {
  readonly configure: typeof configure
  readonly enqueue: typeof enqueue
  readonly claim: typeof claim
  readonly renew: typeof renew
  readonly settle: typeof settle
  readonly note: typeof note
  readonly reap: typeof reap
  readonly cancel: typeof cancel
  readonly pause: typeof pause
  readonly redrive: typeof redrive
  readonly discard: typeof discard
  readonly prune: typeof prune
  readonly findJob: typeof findJob
  readonly listJobs: typeof listJobs
  readonly countJobs: typeof countJobs
  readonly groupDead: typeof groupDead
  readonly explain: typeof explain
  readonly putSchedule: typeof putSchedule
  readonly dropSchedule: typeof dropSchedule
  readonly listSchedules: typeof listSchedules
  readonly fire: typeof fire
} = {
  configure,
  enqueue,
  claim,
  renew,
  settle,
  note,
  reap,
  cancel,
  pause,
  redrive,
  discard,
  prune,
  findJob,
  listJobs,
  countJobs,
  groupDead,
  explain,
  putSchedule,
  dropSchedule,
  listSchedules,
  fire,
}

export type CommandName = keyof typeof commands
export type Request<N extends CommandName> = Parameters<(typeof commands)[N]>[1]
export type Reply<N extends CommandName> = ReturnType<(typeof commands)[N]>
