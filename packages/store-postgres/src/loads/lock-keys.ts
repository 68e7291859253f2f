import { createHash } from 'node:crypto'
import { keyOf, type Read } from '../read.ts'
import type { Statement, Statements, Template } from '../statement.ts'

// Above this, one lock on all keys takes the place of many: the server's lock table is shared and bounded.
const mostLocks = 64

const lockSome: Template = {
  name: 'lock keys',
  text: `SELECT pg_advisory_xact_lock_shared($1::float8::int, 0)::text
    UNION ALL SELECT pg_advisory_xact_lock($1::float8::int, key::int)::text FROM unnest($2::float8[]) AS key`,
}

const lockAll: Template = {
  name: 'lock all keys',
  text: 'SELECT pg_advisory_xact_lock($1::float8::int, 0)::text',
}

const keyed: ReadonlySet<Read['kind']> = new Set(['unique', 'idempotency', 'slots', 'waitingKeys', 'flow'])

/** True for what has no row to lock while nobody holds it: unique keys, idempotency keys, slots of keys, flows. */
export function isKeyed({ kind }: Read): boolean {
  return keyed.has(kind)
}

/**
 * Locks on keys, held to the end of the transaction, taken in one order before any row: so two processes that decide on one key
 * decide one after the other, and not in a ring.
 */
export function lockKeys(sql: Statements, reads: readonly Read[]): readonly Statement[] {
  const keys = reads.filter(isKeyed)
  if (keys.length === 0) return []
  const space = lockNumber(`millrace ${sql.schema}`)
  // Keys not known beforehand, or too many to name.
  if (keys.length > mostLocks || keys.some(({ kind }) => kind === 'waitingKeys'))
    return [sql.of(lockAll, space)]
  const numbers = [...new Set(keys.map((read) => lockNumber(keyOf(read))))].sort((a, b) => a - b)
  return [sql.of(lockSome, space, { numbers })]
}

/** Two keys with one number only wait for each other needlessly. Never 0: that one stands for all. */
function lockNumber(name: string): number {
  return createHash('sha256').update(name, 'utf16le').digest().readInt32BE() || 1
}
