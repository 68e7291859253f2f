import { createRuntime, defineJob, type Runtime } from '@millrace/runtime'
import { Client, Pool } from 'pg'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startProxy } from '../postgres/crash/proxy.ts'
import { skipReason, startServer } from '../postgres/server.ts'
import { freshSchema } from './schemas.ts'

const server = await startServer(['fsync=off'])
afterAll(() => server?.stop(), 30_000)

const job = defineJob<{ path: string }, string>('job')

interface Setup {
  readonly runtime: Runtime
  /** Inside a transaction that has written one order. */
  readonly client: Client
  readonly orders: () => Promise<number>
}

async function setup(port = server!.port): Promise<Setup> {
  const { open, schema } = freshSchema(server!)
  const runtime = await createRuntime({ store: open() })
  onTestFinished(() => runtime.close())
  const watcher = await connected(server!.port)
  await watcher.query(`CREATE TABLE ${schema}.orders (id int)`)
  const client = await connected(port)
  await client.query(`BEGIN; INSERT INTO ${schema}.orders VALUES (1)`)
  return {
    runtime,
    client,
    orders: async () => (await watcher.query(`SELECT id FROM ${schema}.orders`)).rows.length,
  }
}

async function connected(port: number): Promise<Client> {
  const client = new Client({ connectionString: `postgres://millrace@127.0.0.1:${port}/postgres` })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end().catch(() => {}))
  return client
}

/** Once its process is gone, a transaction has come to its end. */
async function ended(pid: number): Promise<void> {
  const watcher = await connected(server!.port)
  const isThere = async (): Promise<boolean> =>
    (await watcher.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).rows.length > 0
  await vi.waitUntil(async () => !(await isThere()), { timeout: 20_000 })
}

describe.skipIf(server === undefined)(
  server === undefined ? skipReason : 'enqueue inside a transaction of the user’s',
  () => {
    it('a commit makes the job visible and wakes a worker that sleeps', async () => {
      const { runtime, client, orders } = await setup()
      runtime.handle(job, async ({ path }) => path)
      const started = new Promise<number>((resolve) =>
        runtime.on('started', () => resolve(performance.now())),
      )
      runtime.work()
      const { id, outcome } = await runtime.enqueue(job, { path: 'a' }, { client })
      expect(outcome).toBe('enqueued')
      expect(await runtime.job(id)).toBeUndefined()
      const committed = performance.now()
      await client.query('COMMIT')
      expect(await runtime.result(id, { timeout: '30s' })).toBe('a')
      // The poll behind the notifications comes every five seconds.
      expect((await started) - committed).toBeLessThan(3_000)
      expect(await orders()).toBe(1)
    })

    it('a rollback leaves nothing', async () => {
      const { runtime, client, orders } = await setup()
      const { id } = await runtime.enqueue(job, { path: 'a' }, { client })
      await runtime.enqueueMany(job, [{ path: 'b' }, { path: 'c' }], { client })
      await client.query('ROLLBACK')
      expect(await runtime.job(id)).toBeUndefined()
      expect((await runtime.jobs()).jobs).toEqual([])
      expect(await runtime.counts()).toEqual([])
      expect(await orders()).toBe(0)
    })

    it('enqueues that are not awaited one by one take turns on the client', async () => {
      const { runtime, client, orders } = await setup()
      const unique = { key: 'k', onConflict: 'reject' } as const
      const all = await Promise.allSettled([
        runtime.enqueue(job, { path: 'a' }, { client, unique }),
        runtime.enqueue(job, { path: 'b' }, { client, unique }),
        runtime.enqueue(job, { path: 'c' }, { client }),
      ])
      expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(all[1]).toMatchObject({ reason: { code: 'UNIQUE_CONFLICT' } })
      await client.query('COMMIT')
      expect((await runtime.jobs()).jobs.map(({ payload }) => payload)).toEqual([
        { path: 'a' },
        { path: 'c' },
      ])
      expect(await orders()).toBe(1)
    })

    it('a client in no transaction, a pool and a stricter isolation are refused, and nothing is stored', async () => {
      const { runtime, client } = await setup()
      await client.query('ROLLBACK')
      const outside = runtime.enqueue(job, { path: 'a' }, { client })
      await expect(outside).rejects.toMatchObject({
        code: 'BAD_ARGUMENT',
        message: expect.stringContaining('BEGIN'),
      })
      const pool = new Pool({ connectionString: server!.connectionString })
      onTestFinished(() => pool.end())
      const pooled = runtime.enqueue(job, { path: 'a' }, { client: pool })
      await expect(pooled).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
      const strict = runtime.enqueue(job, { path: 'a' }, { client })
      await expect(strict).rejects.toMatchObject({
        code: 'BAD_ARGUMENT',
        message: expect.stringContaining('read committed'),
      })
      await client.query('COMMIT')
      expect((await runtime.jobs()).jobs).toEqual([])
    })

    it('a transaction that has failed says so', async () => {
      const { runtime, client } = await setup()
      await client.query('SELECT 1 / 0').catch(() => {})
      await expect(runtime.enqueue(job, { path: 'a' }, { client })).rejects.toMatchObject({
        code: 'STORE_FAILED',
        outcome: 'no',
        message: expect.stringContaining('current transaction is aborted'),
      })
    })

    it('a connection cut before the commit means that nothing was stored', async () => {
      const proxy = await startProxy(server!.port)
      onTestFinished(() => proxy.close())
      const { runtime, client, orders } = await setup(proxy.port)
      const { id } = await runtime.enqueue(job, { path: 'a' }, { client })
      proxy.cut(0)
      const cut = runtime.enqueue(job, { path: 'b' }, { client })
      await expect(cut).rejects.toMatchObject({ code: 'STORE_FAILED', outcome: 'no' })
      expect(await runtime.job(id)).toBeUndefined()
      expect(await orders()).toBe(0)
    })

    it('what became of a commit whose answer was lost, the job’s id tells', async () => {
      const proxy = await startProxy(server!.port)
      onTestFinished(() => proxy.close())
      for (let count = 0; count < 12; count++) {
        const { runtime, client, orders } = await setup(proxy.port)
        const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
        const { id } = await runtime.enqueue(job, { path: 'a' }, { client })
        const commit = client.query('COMMIT').catch(() => {})
        // At another moment of the exchange each time.
        for (let turn = 0; turn < count % 4; turn++) await new Promise(setImmediate)
        proxy.cut(0)
        await commit
        await ended(rows[0]!.pid)
        expect((await runtime.job(id)) !== undefined).toBe((await orders()) === 1)
      }
    })

    it('the same idempotency key in two transactions is one job', async () => {
      const { runtime, client } = await setup()
      const other = await connected(server!.port)
      await other.query('BEGIN')
      const options = { idempotencyKey: 'order-1' }
      const first = await runtime.enqueue(job, { path: 'a' }, { client, ...options })
      const second = runtime.enqueue(job, { path: 'a' }, { client: other, ...options })
      await client.query('COMMIT')
      expect((await second).outcome).toBe('kept')
      await other.query('COMMIT')
      expect((await second).id).toBe(first.id)
      expect((await runtime.jobs()).jobs).toHaveLength(1)
    })
  },
)
