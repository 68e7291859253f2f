import { Client, type PoolClient } from 'pg'
import { fly, type Prepared } from './flight.ts'
import type { Session } from './migrate.ts'
import type { Place } from './place.ts'
import type { Fields, Statement } from './statement.ts'

/** One connection, as transactions use it. */
export interface Link extends Session {
  /** Statements in one round trip; the first error ends them all. */
  fly(statements: readonly Statement[]): Promise<readonly (readonly Fields[])[]>
  /** The server process at the other end. */
  readonly backend: Backend
  /** In good order, if the server answers within a second. */
  close(): Promise<void>
  /** At once: whatever is on its way fails as lost. */
  breakOff(): void
}

/** A server process; its number alone may be used again. */
export interface Backend {
  readonly pid: number
  readonly startedAt: string
}

type AnyClient = Client | PoolClient

// A command that waits this long for a lock steps aside for the others.
const lockTimeoutMs = 2_000
// Nothing a store sends takes this long while the server is well.
const flightTimeoutMs = 30_000
const connectTimeoutMs = 10_000
const farewellMs = 1_000

/**
 * Every query here has an index made for it, in the order it asks for; statistics of a table that was empty a second ago must not
 * talk the planner out of it. An idle transaction means that this process is gone or cut off: its locks must not outlive it by much.
 */
const settings = `SET application_name = 'millrace'; SET default_transaction_isolation = 'read committed';
   SET enable_seqscan = off; SET enable_bitmapscan = off;
  SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
  SET plan_cache_mode = force_generic_plan; SET lock_timeout = ${lockTimeoutMs};
  SET idle_in_transaction_session_timeout = 10000`

/** A connection of its own, for as long as the store lives; it is not waited for any longer than the signal allows. */
export async function openLink(place: Place, signal: AbortSignal): Promise<Link> {
  const client = await connect(place, signal)
  try {
    return await unlessAborted(prepare(client), signal)
  } catch (error) {
    breakOff(client)
    await endClient(client)
    throw error
  }
}

async function prepare(client: AnyClient): Promise<Link> {
  await withinTime(client, client.query(settings))
  const { rows } = await client.query<{ pid: number; started: string }>(
    'SELECT pg_backend_pid() AS pid, backend_start::text AS started FROM pg_stat_activity WHERE pid = pg_backend_pid()',
  )
  return linkOf(client, { pid: rows[0]?.pid ?? 0, startedAt: rows[0]?.started ?? '' })
}

export async function connect(place: Place, signal: AbortSignal): Promise<AnyClient> {
  const coming = place.pool === undefined ? dial(place.connectionString) : place.pool.connect()
  try {
    const client = await unlessAborted<AnyClient>(coming, signal)
    // Without a listener a connection that breaks while idle would end the process.
    client.on('error', ignore)
    return client
  } catch (error) {
    void coming.then(endClient, ignore)
    throw error
  }
}

async function dial(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, keepAlive: true, connectionTimeoutMillis: connectTimeoutMs })
  client.on('error', ignore)
  await client.connect()
  return client
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function ignore(): void {}

/** In good order, if the server answers soon enough. */
export async function endClient(client: AnyClient): Promise<void> {
  // A client of a pool was changed by our settings: nobody else should get it.
  if ('release' in client) return client.release(true)
  const timer = setTimeout(() => breakOff(client), farewellMs)
  await client.end().catch(ignore)
  clearTimeout(timer)
}

function linkOf(client: AnyClient, backend: Backend): Link {
  const prepared: Prepared = new Map()
  return {
    backend,
    query: (text, values) => withinTime(client, client.query(text, values as unknown[])),
    fly: (statements) => withinTime(client, fly(client as Client, prepared, statements)),
    breakOff: () => breakOff(client),
    close: () => endClient(client),
  }
}

/** A silent connection is as good as none: it is broken off, which ends the flight as lost. */
export async function withinTime<T>(client: AnyClient, flight: Promise<T>): Promise<T> {
  const timer = setTimeout(() => breakOff(client), flightTimeoutMs)
  try {
    return await flight
  } finally {
    clearTimeout(timer)
  }
}

function breakOff(client: AnyClient): void {
  const { stream } = (client as unknown as { connection: { stream: { destroy(error: Error): void } } })
    .connection
  stream.destroy(new Error('PostgreSQL did not answer in time'))
}
