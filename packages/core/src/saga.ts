import { insertSuccessor } from './insert.ts'
import type { Job } from './job.ts'
import type { Moment } from './moment.ts'
import type { Rows } from './rows.ts'
import { isTerminal } from './states.ts'

type PutEnded = (rows: Rows, job: Job, state: 'cancelled', at: Moment, extras: Job['extras']) => Job

/**
 * What a saga does next after one of its jobs ended. Once a step has failed: nothing new starts, what runs is asked to stop,
 * and when all steps stand still the attempted ones are undone one after the other, the latest first.
 * Answers the steps it ended, so that the jobs that wait for those are told.
 */
export function advanceSaga(rows: Rows, flowId: string, at: Moment, putEnded: PutEnded): readonly Job[] {
  const jobs = rows.flow(flowId)
  const steps = jobs.filter((job) => job.extras.flow?.compensates === undefined)
  if (!steps.some((job) => job.extras.flow?.compensate !== undefined) || !steps.some(hasFailed)) return []
  const cancelled = steps.flatMap(({ id }) => stop(rows, id, at, putEnded))
  compensateNext(rows, rows.flow(flowId), at)
  return cancelled
}

function hasFailed(job: Job): boolean {
  return job.state === 'dead' || job.state === 'cancelled' || job.state === 'expired'
}

function stop(rows: Rows, id: string, at: Moment, putEnded: PutEnded): readonly Job[] {
  // Read again: the end of one step may have let another move into its key's slot.
  const job = rows.job(id)
  if (job === undefined || isTerminal(job.state)) return []
  if (job.state !== 'processing') return [putEnded(rows, job, 'cancelled', at, job.extras)]
  if (job.extras.cancel === undefined)
    rows.put({ ...job, extras: { ...job.extras, cancel: { reason: 'saga', at: at.now } } })
  return []
}

function compensateNext(rows: Rows, jobs: readonly Job[], at: Moment): void {
  const compensations = jobs.filter((job) => job.extras.flow?.compensates !== undefined)
  // A dead compensation halts the saga where it stands: redriven, it goes on from there.
  if (compensations.some((job) => job.state !== 'completed')) return
  const steps = jobs.filter((job) => job.extras.flow?.compensates === undefined)
  if (steps.some((job) => !isTerminal(job.state))) return
  const undone = new Set(compensations.map((job) => job.extras.flow!.compensates))
  const next = steps
    .filter(
      (job) =>
        job.attempt > 0 && job.extras.flow?.compensate !== undefined && !undone.has(job.extras.flow.step),
    )
    .sort(latestFirst)[0]
  if (next !== undefined) compensate(rows, next, at)
}

/** An attempted step that did not complete may have had its effect: it counts as the latest. */
function latestFirst(a: Job, b: Job): number {
  const uncertain = Number(b.state !== 'completed') - Number(a.state !== 'completed')
  return uncertain || b.since - a.since || b.seq - a.seq
}

function compensate(rows: Rows, step: Job, at: Moment): void {
  const { id, step: name, compensate: kind } = step.extras.flow!
  const ended = step.state as 'completed'
  const extras = {
    flow: { id, step: `${name}/compensate`, compensates: name },
    parents: [{ id: step.id, onFailure: 'continue', ended }],
  } as const
  insertSuccessor(
    rows,
    step,
    kind!,
    { id: `${step.id}/compensate`, payload: step.payload, bytes: step.bytes, extras },
    at,
  )
}
