import type { CommandName, Job, Rows } from '@millrace/core'
import type { Mark } from '../marks.ts'
import type { Outside, Run } from '../outside.ts'
import type { WorldPlan } from '../plan.ts'

/** One job before and after one atomic change of the store. */
export interface Change {
  readonly before: Job | undefined
  readonly after: Job | undefined
}

/** What a checker sees. */
export interface Sight {
  readonly plan: WorldPlan
  /** Milliseconds since the beginning of the world. */
  readonly now: number
  /** The latest time the store was told. */
  readonly storeNow: number
  /** What the clock on the wall says. */
  readonly time: number
  /** By so much may two clocks differ, since one was set back. */
  readonly backMs: number
  /** Processes that are up. */
  readonly live: readonly number[]
  /** How many handlers a process may run at once. */
  slotsOf(process: number): number
  /** What the log says. */
  readonly rows: Rows
  readonly jobs: ReadonlyMap<string, Job>
  readonly outside: Outside
  /** No fault has been felt for a while: what should happen must have happened by now. */
  readonly isCalm: boolean
  mark(name: Mark): void
  violated(what: string): void
}

/** Watches one invariant through one run of a world. */
export interface Checker {
  /** After each atomic change. */
  changed?(changes: readonly Change[]): void
  /** After the store has run a command, before its caller hears of it. */
  answered?(name: CommandName, request: never, reply: never): void
  began?(run: Run): void
  /** Now and then, while it is calm. */
  calm?(): void
  /** When all is over. */
  ended?(): void
}

export type NewChecker = (sight: Sight) => Checker
