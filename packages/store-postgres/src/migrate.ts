import { MillraceError } from '@millrace/core'
import { inSchema, migrations } from './schema.ts'
import { quoteIdentifier } from './statement.ts'

/** What migrating needs of a connection. */
export interface Session {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}

/** Brings the schema to this version, once, however many processes start together. A newer one is refused untouched. */
export async function migrate(session: Session, schema: string): Promise<void> {
  if ((await versionOf(session, schema)) === migrations.length) return
  await session.query('BEGIN')
  try {
    await session.query(`SELECT pg_advisory_xact_lock(hashtext($1), 1)`, [`millrace ${schema} migrations`])
    await bringUp(session, schema, await versionOf(session, schema))
    await session.query('COMMIT')
  } catch (error) {
    await session.query('ROLLBACK')
    throw error
  }
}

async function bringUp(session: Session, schema: string, version: number): Promise<void> {
  if (version === 0) {
    await session.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`)
    await session.query(inSchema('CREATE TABLE @.version (version int NOT NULL)', schema))
    await session.query(inSchema('INSERT INTO @.version VALUES (0)', schema))
  }
  for (const migration of migrations.slice(version)) await session.query(inSchema(migration, schema))
  await session.query(inSchema('UPDATE @.version SET version = $1', schema), [migrations.length])
}

async function versionOf(session: Session, schema: string): Promise<number> {
  // Not to_regclass: that may answer from before the wait for the lock.
  const { rows: found } = await session.query(
    `SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = 'version'`,
    [schema],
  )
  if (found.length === 0) return 0
  const { rows } = await session.query(inSchema('SELECT version FROM @.version', schema))
  const { version } = (rows[0] ?? {}) as { version?: unknown }
  if (typeof version !== 'number')
    throw new MillraceError(
      'STORE_UNUSABLE',
      `schema ${schema} has a table named version that is not millrace's; give another schema, nothing was changed`,
      { outcome: 'no' },
    )
  if (version > migrations.length)
    throw new MillraceError(
      'STORE_VERSION',
      `schema ${schema} has version ${version}, this program knows ${migrations.length}; update millrace, nothing was changed`,
      { outcome: 'no' },
    )
  return version
}
