import { postgresStore, type PostgresStore } from '@millrace/store-postgres'
import { defaultQueueConfig, noExtras, type NewJob } from '@millrace/core'
import { Client } from 'pg'
import { printTable } from '../table-print.ts'

const queue = 'default'
const claimSize = 10

/**
 * Claims of ten from an almost empty table, and beside a million finished and a hundred thousand waiting jobs.
 * By turns, so that both meet the same disk, and after it has caught up with what was filled in.
 */
export async function claimCost(connectionString: string, quick: boolean): Promise<void> {
  const [finished, waiting, claims] = quick ? [20_000, 5_000, 100] : [1_000_000, 100_000, 2_000]
  const few = await postgresStore({ connectionString, schema: 'few' })
  const many = await postgresStore({ connectionString, schema: 'claims' })
  const client = new Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  await keepAll(few)
  await keepAll(many)
  // The rows that are filled in are copies of one of these.
  await measureClaims([few, many], claims >> 1)
  await fill(client, finished, waiting)
  await client.query('CHECKPOINT')
  await measureClaims([few, many], claims >> 1)
  const [small, large] = (await measureClaims([few, many], claims)) as [number, number]
  await mustHold(many, finished)
  const row = (name: string, ms: number): readonly string[] => [name, ms.toFixed(3)]
  printTable(
    'claim of ten jobs, median',
    ['', 'ms'],
    [
      row('few jobs', small),
      row(`${finished} finished, ${waiting} waiting`, large),
      ['growth', `${((large / small - 1) * 100).toFixed(1)} %`],
    ],
  )
  await client.end()
  await few.close()
  await many.close()
}

/** By default a queue keeps a thousand finished jobs: the million would be gone before a claim was measured. */
async function keepAll(store: PostgresStore): Promise<void> {
  const retention = { ...defaultQueueConfig.retention, completed: { ageMs: Infinity, count: Infinity } }
  await store.run('configure', { queues: { [queue]: { ...defaultQueueConfig, retention } } }, at())
}

async function mustHold(store: PostgresStore, finished: number): Promise<void> {
  const { queues } = await store.run('countJobs', {}, at())
  const completed = queues.find((one) => one.queue === queue)?.completed ?? 0
  if (completed < finished) throw new Error(`only ${completed} finished jobs were left: nothing was measured`)
}

/** Milliseconds of a claim of each store, which take turns. Only the claims are timed, not the settlements of what was claimed. */
async function measureClaims(stores: readonly PostgresStore[], claims: number): Promise<readonly number[]> {
  const times = stores.map((): number[] => [])
  for (const store of stores)
    for (let count = 0; count < claims; count += 100) await enqueue(store, 100 * claimSize)
  for (let count = 0; count < claims; count++)
    for (const [index, store] of stores.entries()) times[index]!.push(await timedClaim(store))
  return times.map((each) => each.sort((a, b) => a - b)[claims >> 1]!)
}

async function enqueue(store: PostgresStore, count: number): Promise<void> {
  await store.run('enqueue', { jobs: Array.from({ length: count }, newJob), atomic: true }, at())
}

async function timedClaim(store: PostgresStore): Promise<number> {
  const start = performance.now()
  const { jobs } = await store.run(
    'claim',
    { owner: 'bench', leaseMs: 60_000, limit: claimSize, queues: [{ queue, weight: 1, credit: 0 }] },
    at(),
  )
  const ms = performance.now() - start
  const settlements = jobs.map(({ id, epoch }) => ({ id, epoch, outcome: 'complete' }) as const)
  await store.run('settle', { settlements }, at())
  return ms
}

let last = 0

function newJob(): NewJob {
  const index = last++
  return {
    id: `claim-${index.toString().padStart(9, '0')}`,
    queue,
    name: 'noop',
    version: 1,
    payload: `{"index":${index}}`,
    bytes: 20,
    // Before the many that wait, so that both measurements claim these.
    priority: 1_000,
    runAt: 0,
    retry: { maxFailures: 5, maxCrashes: 3, backoff: { kind: 'fixed', delayMs: 1_000, jitter: 'none' } },
    timeoutMs: 0,
    extras: noExtras,
  }
}

/** As the store would have written them, but quickly. */
async function fill(client: Client, finished: number, waiting: number): Promise<void> {
  const insert = `INSERT INTO claims.jobs (id, seq, queue, name, state, priority, rank, run_at, since, attempt, epoch, owner, lease_until, payload, rest)
    SELECT $1 || n, nextval('claims.jobs_seq'), '${queue}', 'noop', $2::int, 0, x.now, x.now, x.now, $3::int, $3::int, '', 0,
      (SELECT payload FROM claims.jobs LIMIT 1), (SELECT rest FROM claims.jobs LIMIT 1)
    FROM generate_series(1, $4::int) AS n, (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000) AS now) AS x`
  await client.query(insert, ['finished-', 5, 1, finished])
  await client.query(insert, ['waiting-', 2, 0, waiting])
  await client.query(
    `INSERT INTO claims.tallies SELECT '${queue}', 64, 0, 0, $2::bigint, 0, 0, $1::bigint, 0, 0, 0, 20 * $2::bigint`,
    [finished, waiting],
  )
  await client.query('VACUUM ANALYZE claims.jobs')
}

function at(): { readonly now: number; readonly seed: number } {
  return { now: Date.now(), seed: 1 }
}
