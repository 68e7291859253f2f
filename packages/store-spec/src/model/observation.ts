import type { CommandName, Job, JobEvent, Moment, Queue, Reply, Request } from '@millrace/core'
import type { Move, NaiveRows } from '../reference/naive-rows.ts'

/** One command and what it did, to the eyes of the checkers. */
export type Observation = { [N in CommandName]: Observed<N> }[CommandName]

export interface Observed<N extends CommandName> {
  readonly name: N
  readonly request: Request<N>
  /** Undefined when the command threw. */
  readonly reply: Reply<N> | undefined
  readonly at: Moment
  /** What stood before, and what stands after. */
  readonly before: NaiveRows
  readonly after: NaiveRows
  readonly moves: readonly Move[]
  readonly events: readonly JobEvent[]
}

/** Looks at every command of a run; answers what is wrong, in words, or nothing. It may remember what it saw. */
export type Checker = (seen: Observation) => string | undefined

export function describeJob(job: Job): string {
  return `job ${job.id} (${job.state}, attempt ${job.attempt}, epoch ${job.epoch})`
}

export function configOf(rows: NaiveRows, queue: string): Queue['config'] | undefined {
  return rows.queue(queue)?.config
}
