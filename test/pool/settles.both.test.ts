import { workerPool, type PoolOptions, type WorkerPool } from '@millrace/pool'
import { describe, expect, onTestFinished, test } from 'vitest'
import { make } from './exam-worker.ts'
import { impostor } from './impostor.ts'

function setup(options: Partial<PoolOptions>): WorkerPool {
  const pool = workerPool({ create: make.exam, size: 1, grace: 0, ...options })
  onTestFinished(() => pool.close())
  return pool
}

const isShared = typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false

describe.runIf(isShared)('with shared memory, a worker that greets and never begins', () => {
  test('has its call run by another', async () => {
    const made = [impostor()]
    const pool = setup({ create: () => made.pop() ?? make.exam(), startTimeout: '2s' })
    expect(await pool.run('double', 2)).toEqual({ ok: true, value: 4 })
    expect(pool.state().deaths).toBe(1)
  })

  test('leaves no call pending, though all its successors are like it', async () => {
    const pool = setup({ create: () => impostor(), startTimeout: 50 })
    const calls = await Promise.all([1, 2].map((value) => pool.run('double', value, { timeout: 20 })))
    const outcome = { ok: false, bucket: 'failure', begun: false, error: { code: 'WORKER_NOT_STARTED' } }
    expect(calls).toMatchObject([outcome, outcome])
  })

  test('is not one that is long at a handler', async () => {
    const pool = setup({ startTimeout: '1s' })
    await pool.open()
    expect(await pool.run('spin', 2_500)).toMatchObject({ ok: true })
    expect(pool.state().deaths).toBe(0)
  })
})

describe('a worker that posts what only serveJobs may', () => {
  const messages = [
    { millrace: 'results', results: 5 },
    { millrace: 'results', results: [null] },
    { millrace: 'results', results: [{ id: 1, ms: 'long', ok: true }] },
    { millrace: 'results', results: [{ id: 1, ms: 1, ok: false }] },
    { millrace: 'tell', call: 1, word: null },
    { millrace: 'dying' },
    { millrace: 'nonsense' },
  ]

  test.for(messages)('%j: crashes its call and is replaced', async (message) => {
    const pool = setup({})
    const call = pool.run('post', message)
    expect(await call).toMatchObject({ ok: false, bucket: 'crash', error: { code: 'WORKER_CRASHED' } })
    expect(await pool.run('double', 2)).toEqual({ ok: true, value: 4 })
    expect(pool.state().deaths).toBe(1)
  })

  test.for([undefined, null, [null], [{ name: 5 }]])('greeting with %j does not start', async (greeting) => {
    const pool = setup({ create: () => impostor(() => greeting) })
    expect(await pool.run('double', 2)).toMatchObject({ begun: false, error: { code: 'WORKER_NOT_STARTED' } })
  })
})

describe('who waits for a pool to open', () => {
  test('is told when it is closed meanwhile, and later', async () => {
    const pool = setup({ create: make.silent })
    const opening = pool.open()
    const refused = expect(opening).rejects.toMatchObject({ name: 'MillraceError', code: 'CLOSED' })
    await pool.close()
    await refused
    await expect(pool.open()).rejects.toMatchObject({ code: 'CLOSED' })
    expect(await pool.run('double', 2)).toMatchObject({ ok: false, begun: false, error: { code: 'CLOSED' } })
    expect(pool.state()).toMatchObject({ workers: 0, waiting: 0 })
  })

  test('is told when its workers do not start', async () => {
    const pool = setup({ create: make.broken })
    await expect(pool.open()).rejects.toMatchObject({ name: 'MillraceError', code: 'WORKER_NOT_STARTED' })
  })

  test('of a pool that was open is told too that it was closed', async () => {
    const pool = setup({})
    await pool.open()
    await pool.close()
    await expect(pool.open()).rejects.toMatchObject({ code: 'CLOSED' })
  })
})
