import type { CommandName, Moment, Reply, Request } from '@millrace/core'

/** A command on its way, whichever it is. */
export type AnyRun = { [N in CommandName]: CommandRun<N> }[CommandName]

/** One command that was called, and whom to tell. */
export interface CommandRun<N extends CommandName> {
  readonly name: N
  readonly request: Request<N>
  readonly at: Moment
  resolve(reply: Reply<N>): void
  reject(error: unknown): void
}

const looking: ReadonlySet<CommandName> = new Set<CommandName>([
  'findJob',
  'listJobs',
  'countJobs',
  'groupDead',
  'explain',
  'listSchedules',
])

/** True for a command that changes nothing. */
export function isLook({ name }: AnyRun): boolean {
  return looking.has(name)
}

const onWholeQueues: ReadonlySet<CommandName> = new Set<CommandName>(['configure', 'pause', 'prune'])

/** True for a command that may write a queue's row though the queue has no limits. */
export function writesQueues({ name }: AnyRun): boolean {
  return onWholeQueues.has(name)
}
