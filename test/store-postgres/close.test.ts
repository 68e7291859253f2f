import { sampleJob } from '@millrace/store-spec'
import { Pool } from 'pg'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { startProxy, type Proxy } from '../postgres/crash/proxy.ts'
import { skipReason, startServer, type Server } from '../postgres/server.ts'
import { claimAll, freshSchema, now } from './schemas.ts'

const started = await startServer(['fsync=off'])
const server = started as Server
afterAll(() => started?.stop(), 30_000)

async function proxied(): Promise<{ readonly proxy: Proxy; readonly connectionString: string }> {
  const proxy = await startProxy(server.port)
  onTestFinished(() => proxy.close())
  return { proxy, connectionString: `postgres://millrace@127.0.0.1:${proxy.port}/postgres` }
}

async function secondsOf(deed: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await deed
  return (performance.now() - start) / 1_000
}

describe.skipIf(started === undefined)(started === undefined ? skipReason : 'closing', () => {
  it('ends within seconds when the server has fallen silent, and so does every command', async () => {
    const { proxy, connectionString } = await proxied()
    const store = await freshSchema(server).open({ connectionString })
    proxy.fallSilent()
    const first = store.run('enqueue', { jobs: [sampleJob('a')], atomic: true }, now())
    const second = store.run('claim', claimAll, now())
    const outcomes = Promise.allSettled([first, second])
    expect(await secondsOf(store.close())).toBeLessThan(8)
    expect(await outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'STORE_FAILED' } },
      { status: 'rejected', reason: { code: 'STORE_FAILED', outcome: 'no' } },
    ])
  }, 20_000)

  it('ends within seconds while it looks for a server that is gone', async () => {
    const { proxy, connectionString } = await proxied()
    const store = await freshSchema(server).open({ connectionString })
    await proxy.close()
    const outcome = Promise.allSettled([store.run('claim', claimAll, now())])
    expect(await secondsOf(store.close())).toBeLessThan(8)
    expect(await outcome).toMatchObject([
      { status: 'rejected', reason: { code: 'STORE_FAILED', outcome: 'no' } },
    ])
  }, 20_000)

  it('ends within seconds when an idle connection has fallen silent', async () => {
    const { proxy, connectionString } = await proxied()
    const store = await freshSchema(server).open({ connectionString })
    proxy.fallSilent()
    expect(await secondsOf(store.close())).toBeLessThan(3)
  }, 20_000)

  it('waits for no connection that a pool does not give', async () => {
    const { proxy, connectionString } = await proxied()
    const pool = new Pool({ connectionString, max: 2 })
    pool.on('error', () => {})
    const store = await freshSchema(server).open({ connectionString: undefined, pool })
    const others = Promise.all([pool.connect(), pool.connect()])
    proxy.cut(0)
    proxy.cut(1)
    const outcome = Promise.allSettled([store.run('claim', claimAll, now())])
    const taken = await others
    expect(await secondsOf(store.close())).toBeLessThan(8)
    expect(await outcome).toMatchObject([{ status: 'rejected', reason: { code: 'STORE_FAILED' } }])
    for (const client of taken) client.release()
    await pool.end()
  }, 20_000)
})
