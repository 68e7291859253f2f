import { Client, type ClientConfig, type Pool, type PoolClient } from 'pg'
import { fly, type Prepared } from './flight.ts'
import type { Session } from './migrate.ts'
import type { Fields, Statement } from './statement.ts'

/** One connection, as transactions use it. */
export interface Link extends Session {
  /** Statements in one round trip; the first error ends them all. */
  fly(statements: readonly Statement[]): Promise<readonly (readonly Fields[])[]>
  /** The server process at the other end. */
  readonly backend: Backend
  close(): Promise<void>
}

/** A server process; its number alone may be used again. */
export interface Backend {
  readonly pid: number
  readonly startedAt: string
}

/** Where connections come from. */
export type Source =
  | { readonly connectionString: string; readonly pool?: undefined }
  | { readonly pool: Pool; readonly connectionString?: undefined }

// A command that waits this long for a lock steps aside for the others.
const lockTimeoutMs = 2_000
// Nothing a store sends takes this long while the server is well.
const flightTimeoutMs = 30_000

/**
 * Every query here has an index made for it, in the order it asks for; statistics of a table that was empty a second ago must not
 * talk the planner out of it. An idle transaction means that this process is gone or cut off: its locks must not outlive it by much.
 */
const settings = `SET application_name = 'millrace'; SET default_transaction_isolation = 'read committed';
   SET enable_seqscan = off; SET enable_bitmapscan = off;
  SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
  SET plan_cache_mode = force_generic_plan; SET lock_timeout = ${lockTimeoutMs};
  SET idle_in_transaction_session_timeout = 10000`

/** A connection of its own, for as long as the store lives. */
export async function openLink(source: Source): Promise<Link> {
  const client = await connect(source)
  try {
    await client.query(settings)
    const { rows } = await client.query<{ pid: number; started: string }>(
      'SELECT pg_backend_pid() AS pid, backend_start::text AS started FROM pg_stat_activity WHERE pid = pg_backend_pid()',
    )
    return linkOf(client, { pid: rows[0]?.pid ?? 0, startedAt: rows[0]?.started ?? '' })
  } catch (error) {
    await endClient(client)
    throw error
  }
}

export async function connect(source: Source): Promise<Client | PoolClient> {
  if (source.pool !== undefined) {
    const client = await source.pool.connect()
    client.on('error', ignore)
    return client
  }
  const config: ClientConfig = {
    connectionString: source.connectionString,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  }
  const client = new Client(config)
  // Without a listener a connection that breaks while idle would end the process.
  client.on('error', ignore)
  await client.connect()
  return client
}

function ignore(): void {}

export async function endClient(client: Client | PoolClient): Promise<void> {
  // A client of a pool was changed by our settings: nobody else should get it.
  if ('release' in client) client.release(true)
  else await client.end().catch(ignore)
}

function linkOf(client: Client | PoolClient, backend: Backend): Link {
  const prepared: Prepared = new Map()
  return {
    backend,
    query: (text, values) => client.query(text, values as unknown[]),
    fly: (statements) => withinTime(client, fly(client as Client, prepared, statements)),
    close: () => endClient(client),
  }
}

/** A silent connection is as good as none: it is destroyed, which ends the flight as lost. */
async function withinTime<T>(client: Client | PoolClient, flight: Promise<T>): Promise<T> {
  const timer = setTimeout(() => destroy(client), flightTimeoutMs)
  try {
    return await flight
  } finally {
    clearTimeout(timer)
  }
}

function destroy(client: Client | PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: { destroy(error: Error): void } } })
    .connection
  stream.destroy(new Error('PostgreSQL did not answer in time'))
}
