import { workerPool, type PlatformWorker, type WorkerPool } from '@millrace/pool'
import { expect, onTestFinished, test, vi } from 'vitest'
import { make } from './exam-worker.ts'

function setup(): { pool: WorkerPool; heard: Set<PlatformWorker> } {
  const heard = new Set<PlatformWorker>()
  const create = (): PlatformWorker => {
    const worker = make.exam()
    const hear = (): unknown => heard.add(worker)
    if ('on' in worker) worker.on('message', hear)
    else worker.addEventListener('message', hear)
    return worker
  }
  const pool = workerPool({ create, size: 1, spares: 1, grace: 0 })
  onTestFinished(() => pool.close())
  return { pool, heard }
}

test('a spare starts when the first worker is ready, not beside it', async () => {
  const { pool } = setup()
  const opened = pool.open()
  expect(pool.state().starts).toBe(1)
  await opened
  expect(pool.state().starts).toBe(2)
})

test('the job after a death gets the spare before another worker is started', async () => {
  const { pool, heard } = setup()
  await pool.open()
  await vi.waitFor(() => expect(heard.size).toBe(2), { timeout: 20_000 })
  expect(await pool.run('uncaught', null)).toMatchObject({ ok: false, bucket: 'crash' })
  expect(pool.state()).toMatchObject({ deaths: 1, starts: 2 })
  expect(await pool.run('double', 2)).toEqual({ ok: true, value: 4 })
  await vi.waitFor(() => expect(pool.state().starts).toBe(3), { timeout: 20_000 })
})
