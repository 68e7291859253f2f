import type { Statement } from './statement.ts'

/** What stands around the statements of a transaction: its own, or a part of the user's. */
export interface Frame {
  readonly begin: Statement
  readonly commit: Statement
  readonly rollback: Statement
}

export const ownTransaction: Frame = {
  begin: plain('BEGIN'),
  commit: plain('COMMIT'),
  rollback: plain('ROLLBACK'),
}

/** Inside a transaction of the user's: what fails here leaves theirs as it was. */
export const usersTransaction: Frame = {
  begin: plain('SAVEPOINT millrace'),
  commit: plain('RELEASE SAVEPOINT millrace'),
  rollback: plain('ROLLBACK TO SAVEPOINT millrace'),
}

function plain(text: string): Statement {
  return { name: `millrace: ${text}`, text, values: [] }
}
