import { MillraceError } from '@millrace/core'
import { sampleJob } from '@millrace/store-spec'
import { postgresStore, type PostgresStoreOptions } from '@millrace/store-postgres'
import { Client } from 'pg'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { skipReason, startServer, type Server } from '../postgres/server.ts'
import { freshSchema, now } from './schemas.ts'

const started = await startServer(['fsync=off'])
const server = started as Server
afterAll(() => started?.stop(), 30_000)

async function refusalOf(options: unknown): Promise<unknown> {
  return await postgresStore(options as PostgresStoreOptions).then(
    (store) => store.close(),
    (error: unknown) => error,
  )
}

async function administer(...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: server.connectionString })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

/** The server as another role sees it. */
function as(role: string, database = 'postgres'): string {
  return `postgres://${role}@127.0.0.1:${server.port}/${database}`
}

describe.skipIf(started === undefined)(started === undefined ? skipReason : 'what cannot be used', () => {
  it.each([{}, { connectionString: '' }, { connectionString: 'http://127.0.0.1/' }, { pool: {} }])(
    'is a bad argument: %j',
    async (options) => {
      expect(await refusalOf(options)).toMatchObject({ code: 'BAD_ARGUMENT' })
    },
  )

  it('keeps the password of a wrong connection string to itself', async () => {
    const refusal = (await refusalOf({ connectionString: 'postgress://me:secret@host/db' })) as MillraceError
    expect(refusal.code).toBe('BAD_ARGUMENT')
    expect(refusal.message).not.toContain('secret')
  })

  it.each([
    ['a port where nothing listens', () => 'postgres://millrace@127.0.0.1:1/postgres', 'is the server up'],
    ['a database that is not there', () => as('millrace', 'nowhere'), 'create the database first'],
    ['a role that is not there', () => as('stranger'), 'role "stranger" does not exist'],
  ])('%s is told with what to do', async (_what, connectionString, advice) => {
    const refusal = (await refusalOf({ connectionString: connectionString() })) as MillraceError
    expect(refusal).toBeInstanceOf(MillraceError)
    expect(refusal.code).toBe('STORE_UNUSABLE')
    expect(refusal.message).toContain(advice)
  })

  it('a role that may read and not write is told what it needs', async () => {
    const { open, schema } = freshSchema(server)
    await open()
    await administer(
      'CREATE ROLE reader LOGIN',
      `GRANT USAGE ON SCHEMA ${schema} TO reader`,
      `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO reader`,
    )
    const store = await open({ connectionString: as('reader') })
    await expect(store.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())).rejects.toMatchObject(
      {
        code: 'STORE_FAILED',
        outcome: 'no',
        message: expect.stringContaining('the role needs') as string,
      },
    )
  })

  it('a server that takes no writes is refused before a job is lost on it', async () => {
    const { open, schema } = freshSchema(server)
    await open()
    await administer(
      'CREATE ROLE quiet LOGIN',
      'ALTER ROLE quiet SET default_transaction_read_only = on',
      `GRANT USAGE ON SCHEMA ${schema} TO quiet`,
      `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO quiet`,
    )
    const refusal = (await refusalOf({ connectionString: as('quiet'), schema })) as MillraceError
    expect(refusal.code).toBe('STORE_UNUSABLE')
    expect(refusal.message).toContain('takes no writes')
  })

  it.each([
    ['a table named version', 'version (version text)'],
    ['an empty table named version', 'version (version int)'],
    ['a table named jobs', 'jobs (id int)'],
  ])('a schema with %s of somebody else is left alone', async (_what, table) => {
    const { schema, connectionString } = freshSchema(server)
    onTestFinished(() => administer(`DROP SCHEMA ${schema} CASCADE`))
    await administer(`CREATE SCHEMA ${schema}`, `CREATE TABLE ${schema}.${table}`)
    const refusal = (await refusalOf({ connectionString, schema })) as MillraceError
    expect(refusal.code).toBe('STORE_UNUSABLE')
    expect(refusal.message).toContain('give another schema')
  })
})
