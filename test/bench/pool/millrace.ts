import { Worker } from 'node:worker_threads'
import { errorOf, transfer, workerPool } from '@millrace/pool'
import type { Contender } from './contender.ts'

// Bundled by the parent: a bundler in this process would be a heap for the collector to go through again and again.
const script = process.env.MILLRACE_BENCH_WORKER!

export function start(workers: number): Contender {
  const pool = workerPool({ create: () => new Worker(script), size: workers, grace: 0 })
  return {
    async run(task, payload, { transfer: moved, timeoutMs } = {}) {
      const sent = moved === undefined ? payload : transfer(payload as object, [...moved])
      const outcome = await pool.run(task, sent, timeoutMs === undefined ? {} : { timeout: timeoutMs })
      if (!outcome.ok) throw errorOf(outcome.error)
      return outcome.value
    },
    close: () => pool.close(),
  }
}
