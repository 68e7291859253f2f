import { Worker } from 'node:worker_threads'
import { errorOf, transfer, workerPool } from '@millrace/pool'
import { bundle } from '../../browser/bundled-workers.ts'
import type { Contender } from './contender.ts'

const code = await bundle(new URL('./millrace.worker.ts', import.meta.url).pathname)
const script = new URL(`data:text/javascript,${encodeURIComponent(code)}`)

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
