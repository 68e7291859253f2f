import { commands, type CommandName, type Job, type Moment, type Reply, type Rows } from '@millrace/core'
import type { AnyRun } from './command-run.ts'
import type { Read } from './read.ts'
import { Unread } from './read.ts'
import type { Slice } from './slice.ts'

/** What became of one command. */
export type Result =
  | { readonly run: AnyRun; readonly reply: Reply<CommandName> }
  | { readonly run: AnyRun; readonly error: unknown }

/**
 * Runs a command on the slice, loading what it asks for and starting it over, until it has come to its end. One that throws has
 * changed nothing, and the commands that share its transaction go on.
 */
export async function runOn(
  slice: Slice,
  run: AnyRun,
  at: Moment,
  load: (read: Read) => Promise<void>,
): Promise<Result> {
  for (;;) {
    const result = attempt(slice, run, at)
    if (!('unread' in result)) return result
    await load(result.unread)
  }
}

function attempt(slice: Slice, run: AnyRun, at: Moment): Result | { readonly unread: Read } {
  try {
    const command = commands[run.name] as (rows: Rows, request: unknown, at: Moment) => Reply<CommandName>
    const reply = command(slice, run.request, at)
    slice.keep()
    return { run, reply }
  } catch (error) {
    slice.undo()
    return error instanceof Unread ? { unread: error.read } : { run, error }
  }
}

/** Tells whom it concerns. */
export function tell(result: Result): void {
  if ('error' in result) result.run.reject(result.error)
  else (result.run.resolve as (reply: Reply<CommandName>) => void)(result.reply)
}

/** The jobs a reply carries. */
export function jobsIn(result: Result): readonly Job[] {
  return 'reply' in result && 'jobs' in result.reply ? result.reply.jobs : []
}

/** The same result with the numbers the store gave to new jobs. */
export function numbered(result: Result, numbers: ReadonlyMap<string, number>): Result {
  const jobs = jobsIn(result)
  if (!jobs.some(({ id }) => numbers.has(id))) return result
  const reply = { ...(result as { reply: object }).reply, jobs: jobs.map((job) => withNumber(job, numbers)) }
  return { run: result.run, reply: reply as Reply<CommandName> }
}

export function withNumber(job: Job, numbers: ReadonlyMap<string, number>): Job {
  const seq = numbers.get(job.id)
  return seq === undefined ? job : { ...job, seq }
}
