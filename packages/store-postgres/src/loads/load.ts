import type { Slice } from '../slice.ts'
import type { Fields, Statement, Statements, Template } from '../statement.ts'

/** How one transaction loads. */
export interface Loading {
  readonly sql: Statements
  /** False for commands that only look: they take no locks. */
  readonly lock: boolean
  /** The time to load for; null is the server's own. */
  readonly now: number | null
  /** Jobs the transaction has loaded before. */
  readonly jobsAtHand: number
}

/** Statements that answer some reads, and how their results enter the slice. */
export interface Load {
  readonly statements: readonly Statement[]
  take(slice: Slice, results: readonly (readonly Fields[])[]): void
}

/** A statement that locks the rows it answers, or only looks at them. */
export interface LockableTemplate {
  readonly locking: Template
  readonly looking: Template
}

/** `wait` waits for other transactions' rows; `skip` leaves them out. */
export function lockable(name: string, text: string, others: 'wait' | 'skip'): LockableTemplate {
  const clause = others === 'wait' ? 'FOR UPDATE OF j' : 'FOR UPDATE OF j SKIP LOCKED'
  return {
    locking: { name, text: `${text} ${clause}` },
    looking: { name: `${name}, unlocked`, text },
  }
}

export function choose(template: LockableTemplate, { lock }: Loading): Template {
  return lock ? template.locking : template.looking
}

/** The present, in milliseconds: the parameter, or the transaction's own time, which does not move while it runs. */
export const nowOr = (parameter: string): string =>
  `coalesce(${parameter}::float8, floor(extract(epoch FROM now()) * 1000)::float8)`
