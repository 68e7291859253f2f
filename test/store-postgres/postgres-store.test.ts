import { MillraceError } from '@millrace/core'
import { sampleJob, sampleQueue } from '@millrace/store-spec'
import type { PostgresStore } from '@millrace/store-postgres'
import { Client, Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startProxy } from '../postgres/crash/proxy.ts'
import { skipReason, startServer, type Server } from '../postgres/server.ts'
import { claimAll, freshSchema, now } from './schemas.ts'

let server: Server
const started = await startServer(['fsync=off'])

beforeAll(() => {
  if (started !== undefined) server = started
})
afterAll(() => started?.stop(), 30_000)

/** Its clients wait before each flight, as over a long line. */
function hesitantPool(ms: number): Pool {
  const pool = new Pool({ connectionString: server.connectionString })
  onTestFinished(() => pool.end())
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...parts: readonly unknown[]) => unknown
    const later = (...parts: readonly unknown[]): unknown =>
      typeof parts[0] === 'string' ? query(...parts) : setTimeout(() => query(...parts), ms)
    client.query = later as typeof client.query
  })
  return pool
}

/** Until a store waits for a lock. */
async function untilOneWaits(): Promise<void> {
  const watcher = await connected()
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'millrace' AND wait_event_type = 'Lock'`
  await vi.waitUntil(async () => (await watcher.query(waiting)).rows.length > 0, { timeout: 15_000 })
}

/** The next time this store is told of something to claim. */
async function woken(store: PostgresStore): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const end = store.subscribe({
      wake(queues) {
        if (queues.size === 0) return
        end()
        resolve([...queues])
      },
    })
  })
}

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: server.connectionString })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

describe.skipIf(started === undefined)(started === undefined ? skipReason : 'postgresStore', () => {
  describe('opening', () => {
    it('makes its schema once, however many open it together', async () => {
      const { open } = freshSchema(server)
      const stores = await Promise.all([open(), open(), open(), open()])
      await stores[0]!.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      expect((await stores[3]!.run('findJob', { id: 'a' }, now())).jobs).toHaveLength(1)
    })

    it('refuses a schema of a newer version and leaves it untouched', async () => {
      const { open, schema } = freshSchema(server)
      await (await open()).close()
      const client = await connected()
      await client.query(`UPDATE ${schema}.version SET version = 999`)
      await expect(open()).rejects.toMatchObject({ code: 'STORE_VERSION' })
      const { rows } = await client.query(`SELECT version FROM ${schema}.version`)
      expect(rows).toEqual([{ version: 999 }])
    })

    it('says which argument is wrong, and that a server is not there', async () => {
      const { open } = freshSchema(server)
      await expect(open({ schema: 'Robert"; DROP' })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
      const nowhere = open({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })
      await expect(nowhere).rejects.toMatchObject({ code: 'STORE_UNUSABLE' })
    })

    it('promises what the settings of the server allow', async () => {
      // This server runs with fsync off.
      const { guarantee } = await freshSchema(server).open()
      expect(guarantee.durability).toBe('process')
      expect(guarantee.promise).toContain('fsync off')
    })

    it('works on a pool of the user’s and gives its clients back', async () => {
      const pool = new Pool({ connectionString: server.connectionString, max: 3 })
      onTestFinished(() => pool.end())
      const { schema } = freshSchema(server)
      const { postgresStore } = await import('@millrace/store-postgres')
      const store = await postgresStore({ pool, schema })
      await store.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      expect(pool.totalCount).toBe(2)
      await store.close()
      expect(pool.totalCount).toBe(0)
    })
  })

  describe('in a transaction of the user’s', () => {
    it('a job is there when the user commits, and workers are told then', async () => {
      const { open } = freshSchema(server)
      const store = await open()
      const client = await connected()
      const news = woken(store)
      await client.query('BEGIN')
      const reply = await store
        .withClient(client)
        .run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      expect(reply.results).toEqual([{ outcome: 'enqueued', id: 'a' }])
      expect((await store.run('findJob', { id: 'a' }, now())).jobs).toEqual([])
      await client.query('COMMIT')
      expect(await news).toEqual(['default'])
      expect((await store.run('claim', claimAll, now())).jobs.map(({ id }) => id)).toEqual(['a'])
    })

    it('a job never was when the user rolls back', async () => {
      const store = await freshSchema(server).open()
      const client = await connected()
      await client.query('BEGIN')
      await store.withClient(client).run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      await client.query('ROLLBACK')
      expect((await store.run('listJobs', { limit: 10 }, now())).jobs).toEqual([])
      expect((await store.run('countJobs', {}, now())).queues).toEqual([])
    })

    it('a refusal leaves the user’s transaction as it was', async () => {
      const { open, schema } = freshSchema(server)
      const store = await open()
      await store.run('configure', { queues: { default: sampleQueue({ maxJobs: 1 }) } }, now())
      const client = await connected()
      await client.query(
        `BEGIN; CREATE TABLE ${schema}.orders (id int); INSERT INTO ${schema}.orders VALUES (1)`,
      )
      const inside = store.withClient(client)
      await inside.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      const refused = inside.run('enqueue', { jobs: [sampleJob('b')], atomic: true }, now())
      await expect(refused).rejects.toMatchObject({ code: 'QUEUE_FULL' })
      await client.query('COMMIT')
      expect((await client.query(`SELECT id FROM ${schema}.orders`)).rows).toEqual([{ id: 1 }])
      expect((await store.run('listJobs', { limit: 10 }, now())).jobs.map(({ id }) => id)).toEqual(['a'])
    })

    it('the same id again is kept, also when it is new to the transaction only', async () => {
      const store = await freshSchema(server).open()
      await store.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      const client = await connected()
      await client.query('BEGIN')
      const { results } = await store
        .withClient(client)
        .run('enqueue', { jobs: [sampleJob('a'), sampleJob('b')], atomic: true }, now())
      await client.query('COMMIT')
      expect(results.map(({ outcome }) => outcome)).toEqual(['kept', 'enqueued'])
    })
  })

  describe('between processes', () => {
    it('what one enqueues wakes the workers of the other', async () => {
      const { open } = freshSchema(server)
      const [one, other] = [await open(), await open()]
      const news = woken(other)
      await one.run('enqueue', { jobs: [sampleJob('a', { queue: 'mail' })], atomic: true }, now())
      expect(await news).toEqual(['mail'])
    })

    it('a limit that one configures holds for the next enqueue of the other', async () => {
      const { open } = freshSchema(server)
      const [one, other] = [await open(), await open()]
      await other.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      await other.run('enqueue', { jobs: [sampleJob('b')], atomic: true }, now())
      await one.run('configure', { queues: { default: sampleQueue({ maxJobs: 2 }) } }, now())
      const refused = other.run('enqueue', { jobs: [sampleJob('c')], atomic: true }, now())
      await expect(refused).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    })

    it('a store that was paused elsewhere gives nothing, and again when it is resumed', async () => {
      const { open } = freshSchema(server)
      const [one, other] = [await open(), await open()]
      await one.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      await one.run('pause', { queue: 'default', paused: true }, now())
      expect((await other.run('claim', claimAll, now())).jobs).toEqual([])
      await one.run('pause', { queue: 'default', paused: false }, now())
      expect((await other.run('claim', claimAll, now())).jobs).toHaveLength(1)
    })

    it('a limit that one configures holds for the next claim of the other', async () => {
      const { open } = freshSchema(server)
      const [one, other] = [await open(), await open()]
      await one.run('enqueue', { jobs: ['a', 'b', 'c'].map((id) => sampleJob(id)), atomic: true }, now())
      expect((await other.run('claim', { ...claimAll, limit: 1 }, now())).jobs).toHaveLength(1)
      await one.run('configure', { queues: { default: sampleQueue({ concurrency: 2 }) } }, now())
      expect((await other.run('claim', claimAll, now())).jobs).toHaveLength(1)
    })

    it('who was answered holds no lock that another would pass over', async () => {
      const { open, schema } = freshSchema(server)
      const { postgresStore } = await import('@millrace/store-postgres')
      const pool = hesitantPool(30)
      const slow = await postgresStore({ pool, schema })
      const fast = await open()
      await fast.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      const settlements = [{ id: 'a', epoch: 7, outcome: 'complete' } as const]
      expect((await slow.run('settle', { settlements }, now())).outcomes).toEqual(['lost'])
      expect((await fast.run('claim', claimAll, now())).jobs.map(({ id }) => id)).toEqual(['a'])
      await slow.close()
    })

    it('one whose news were cut off looks for what it missed, and hears again', async () => {
      const { open, schema } = freshSchema(server)
      const [one, other] = [await open(), await open()]
      const enqueue = (id: string, queue: string) =>
        one.run('enqueue', { jobs: [sampleJob(id, { queue })], atomic: true }, now())
      await other.run('claim', claimAll, now())
      const client = await connected()
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%${schema}"'`,
      )
      const looked = woken(other)
      await enqueue('a', 'default')
      expect(await looked).toEqual(['default'])
      // Nothing was ever claimed from this one here: only news can tell of it.
      const news = woken(other)
      await enqueue('b', 'mail')
      expect(await news).toEqual(['mail'])
    }, 20_000)

    it('leases go by the server’s clock, whatever a caller’s clock says', async () => {
      const store = await freshSchema(server).open()
      await store.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      const hoursBehind = { now: 1_000, seed: 1 }
      const { jobs } = await store.run('claim', claimAll, hoursBehind)
      expect(jobs[0]!.leaseUntil).toBeGreaterThan(Date.now())
      const hoursAhead = { now: Date.now() + 3_600_000, seed: 1 }
      expect((await store.run('reap', { limit: 10 }, hoursAhead)).reaped).toBe(0)
    })

    it('what is decided by a row waits for whoever is changing it', async () => {
      const { open, schema } = freshSchema(server)
      const store = await open()
      await store.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      const [job] = (await store.run('claim', claimAll, now())).jobs
      const client = await connected()
      await client.query(`BEGIN; UPDATE ${schema}.jobs SET epoch = epoch + 1 WHERE id = 'a'`)
      const late = { id: 'a', epoch: job!.epoch, outcome: 'complete' } as const
      const settled = store.run('settle', { settlements: [late] }, now())
      await untilOneWaits()
      await client.query('COMMIT')
      expect((await settled).outcomes).toEqual(['lost'])
    }, 20_000)

    it('a lock that somebody holds keeps only those waiting who need it', async () => {
      const { open, schema } = freshSchema(server)
      const store = await open()
      await store.run('enqueue', { jobs: [sampleJob('a'), sampleJob('b')], atomic: true }, now())
      const client = await connected()
      await client.query(`BEGIN; SELECT 1 FROM ${schema}.jobs WHERE id = 'a' FOR UPDATE`)
      const blocked = store.run('cancel', { ids: ['a'], reason: 'test' }, now())
      const free = store.run('cancel', { ids: ['b'], reason: 'test' }, now())
      expect((await free).outcomes).toEqual(['cancelled'])
      await client.query('COMMIT')
      expect((await blocked).outcomes).toEqual(['cancelled'])
    }, 20_000)
  })

  describe('when the connection breaks', () => {
    it('commands go on over a new one', async () => {
      const { open, schema } = freshSchema(server)
      const store = await open()
      const client = await connected()
      await store.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'millrace'`,
      )
      const { results } = await store.run('enqueue', { jobs: [sampleJob('b')], atomic: true }, now())
      expect(results).toEqual([{ outcome: 'enqueued', id: 'b' }])
      expect((await client.query(`SELECT id FROM ${schema}.jobs ORDER BY id`)).rows).toHaveLength(2)
    })

    it('a commit whose answer was lost is asked for, and not done again', async () => {
      const { open } = freshSchema(server)
      const proxy = await startProxy(server.port)
      onTestFinished(() => proxy.close())
      const store = await open({ connectionString: `postgres://millrace@127.0.0.1:${proxy.port}/postgres` })
      const ids = ['a', 'b', 'c', 'd']
      await store.run('enqueue', { jobs: ids.map((id) => sampleJob(id)), atomic: true }, now())
      proxy.loseAnswerTo('millrace: COMMIT')
      const { jobs } = await store.run('claim', { ...claimAll, limit: 2 }, now())
      expect(jobs.map(({ id }) => id)).toEqual(['a', 'b'])
      expect((await store.run('countJobs', {}, now())).queues[0]).toMatchObject({
        processing: 2,
        enqueued: 2,
      })
    })

    it('a claim whose answer was lost is answered all the same, once', async () => {
      const { open } = freshSchema(server)
      const proxy = await startProxy(server.port)
      onTestFinished(() => proxy.close())
      const store = await open({ connectionString: `postgres://millrace@127.0.0.1:${proxy.port}/postgres` })
      const ids = Array.from({ length: 100 }, (_, index) => `job-${index}`)
      await store.run('enqueue', { jobs: ids.map((id) => sampleJob(id)), atomic: true }, now())
      const claimed: string[] = []
      for (let count = 0; claimed.length < ids.length; count++) {
        const claim = store.run('claim', { ...claimAll, limit: 5 }, now())
        // At another moment of the exchange each time.
        const cut = setTimeout(() => proxy.cut(count), count % 4)
        claimed.push(...(await claim).jobs.map(({ id }) => id))
        clearTimeout(cut)
      }
      expect(claimed.toSorted()).toEqual(ids.toSorted())
    }, 30_000)

    it('an enqueue whose answer was lost is stored once', async () => {
      const { open } = freshSchema(server)
      const proxy = await startProxy(server.port)
      onTestFinished(() => proxy.close())
      const store = await open({ connectionString: `postgres://millrace@127.0.0.1:${proxy.port}/postgres` })
      for (let count = 0; count < 30; count++) {
        const enqueue = store.run('enqueue', { jobs: [sampleJob(`job-${count}`)], atomic: true }, now())
        const cut = setTimeout(() => proxy.cut(count), count % 3)
        expect(['enqueued', 'kept']).toContain((await enqueue).results[0]!.outcome)
        clearTimeout(cut)
      }
      expect((await store.run('countJobs', {}, now())).queues[0]!.enqueued).toBe(30)
    }, 30_000)
  })

  it('a claim ends what is overdue and takes what is due, though it looks for them only when there are some', async () => {
    const store = await freshSchema(server).open({ clock: 'caller' })
    const at = (later: number) => ({ now: 1_700_000_000_000 + later, seed: 1 })
    const deadline = at(1_000).now
    const jobs = [
      sampleJob('late', { queue: 'mail', extras: { deadline } }),
      sampleJob('due', { runAt: at(1_000).now }),
    ]
    await store.run('enqueue', { jobs, atomic: true }, at(0))
    await store.run('pause', { queue: 'default', paused: true }, at(0))
    expect((await store.run('claim', claimAll, at(500))).nextAt).toBe(deadline)
    await store.run('claim', claimAll, at(2_000))
    const states = (await store.run('listJobs', { limit: 10 }, at(2_000))).jobs.map(({ id, state }) => [
      id,
      state,
    ])
    expect(states).toEqual([
      ['late', 'expired'],
      ['due', 'enqueued'],
    ])
  })

  it('counters equal a recount after many stores have written at once', async () => {
    const { open, schema } = freshSchema(server)
    const stores = await Promise.all([open(), open(), open()])
    await Promise.all(
      stores.map(async (store, index) => {
        for (let count = 0; count < 20; count++) {
          await store.run('enqueue', { jobs: [sampleJob(`${index}-${count}`)], atomic: true }, now())
          const { jobs } = await store.run('claim', { ...claimAll, limit: 2 }, now())
          const settlements = jobs.map(({ id, epoch }) => ({ id, epoch, outcome: 'complete' }) as const)
          await store.run('settle', { settlements }, now())
        }
      }),
    )
    const client = await connected()
    const { rows } = await client.query(
      `SELECT count(*) FILTER (WHERE state = 2)::int AS enqueued, count(*) FILTER (WHERE state = 5)::int AS completed FROM ${schema}.jobs`,
    )
    const [count] = (await stores[0]!.run('countJobs', {}, now())).queues
    expect(rows).toEqual([{ enqueued: count!.enqueued, completed: count!.completed }])
    expect(count!.processing).toBe(0)
  })

  it('a failure of the database is told as what it is', async () => {
    const { open, schema } = freshSchema(server)
    const store = await open()
    const client = await connected()
    await client.query(`ALTER TABLE ${schema}.jobs RENAME TO gone`)
    const failed = store.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
    await expect(failed).rejects.toBeInstanceOf(MillraceError)
    await expect(failed).rejects.toMatchObject({ code: 'STORE_FAILED', outcome: 'no' })
  })
})
