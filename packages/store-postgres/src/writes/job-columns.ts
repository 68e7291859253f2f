import type { Job } from '@millrace/core'
import { payloadColumn, restOf, stateCode, type Facets } from '../job-row.ts'
import type { Parameter } from '../statement.ts'

/** A column as it is written: one array for all rows of a statement, text or numbers. */
export interface Column<Row> {
  readonly name: string
  readonly type: 'text' | 'smallint' | 'int' | 'float8'
  of(row: Row): string | number | null
}

export const idColumn: Column<Job> = { name: 'id', type: 'text', of: ({ id }) => id }

/** What most moves of a job change. */
export const movingColumns: readonly Column<Job>[] = [
  { name: 'state', type: 'smallint', of: ({ state }) => stateCode(state) },
  { name: 'rank', type: 'float8', of: ({ rank }) => rank },
  { name: 'run_at', type: 'float8', of: ({ runAt }) => runAt },
  { name: 'since', type: 'float8', of: ({ since }) => since },
  { name: 'attempt', type: 'int', of: ({ attempt }) => attempt },
  { name: 'epoch', type: 'int', of: ({ epoch }) => epoch },
  { name: 'owner', type: 'text', of: ({ owner }) => owner },
  { name: 'lease_until', type: 'float8', of: ({ leaseUntil }) => leaseUntil },
]

/** What is written of a new job and then mostly stays. */
export const newColumns: readonly Column<Job>[] = [
  { name: 'queue', type: 'text', of: ({ queue }) => queue },
  { name: 'name', type: 'text', of: ({ name }) => name },
  { name: 'payload', type: 'text', of: payloadColumn },
]

/** What some moves change beside. */
export const bodyColumns: readonly Column<Job>[] = [
  { name: 'priority', type: 'int', of: ({ priority }) => priority },
  { name: 'rest', type: 'text', of: restOf },
]

/** Null in jobs of the plain kind, so that few statements need to send them. */
export const facetColumns: readonly Column<Facets>[] = [
  { name: 'deadline', type: 'float8', of: ({ deadline }) => deadline },
  { name: 'unique_key', type: 'text', of: ({ uniqueKey }) => uniqueKey },
  { name: 'unique_until', type: 'float8', of: ({ uniqueUntil }) => uniqueUntil },
  { name: 'idempotency_key', type: 'text', of: ({ idempotencyKey }) => idempotencyKey },
  { name: 'key', type: 'text', of: ({ key }) => key },
  { name: 'key_role', type: 'smallint', of: ({ keyRole }) => keyRole },
  { name: 'flow', type: 'text', of: ({ flow }) => flow },
  { name: 'fingerprint', type: 'text', of: ({ fingerprint }) => fingerprint },
]

type Named = Pick<Column<never>, 'name' | 'type'>

/** The arrays side by side, a row for each job: `unnest($1::text[], …) AS u(id, …)`. */
export function unnested(columns: readonly Named[]): string {
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${type === 'text' ? 'text' : 'float8'}[]`)
  return `unnest(${arrays.join(', ')}) AS u(${names(columns)})`
}

export function names(columns: readonly Named[]): string {
  return columns.map(({ name }) => name).join(', ')
}

/** The values of such a row, each in the type of its column. */
export function values(columns: readonly Named[]): string {
  return columns.map(valueOf).join(', ')
}

export function assigned(columns: readonly Named[]): string {
  return columns.map((column) => `${column.name} = ${valueOf(column)}`).join(', ')
}

function valueOf({ name, type }: Named): string {
  return type === 'text' || type === 'float8' ? `u.${name}` : `u.${name}::${type}`
}

export function arraysOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly Parameter[] {
  return columns.map((column) =>
    column.type === 'text'
      ? { texts: rows.map((row) => column.of(row) as string | null) }
      : { numbers: rows.map((row) => column.of(row) as number | null) },
  )
}
