import { createRuntime } from 'millrace'
import { memoryStore } from 'millrace/memory'
import { workerPool } from 'millrace/pool'
import { make } from '../exam-worker.ts'
import { square } from '../jobs.ts'

/** Uses a pool in one way or another and then has nothing left to do. What holds the process is a leak. */
const [, , how] = process.argv

if (how === 'runtime') {
  const runtime = await createRuntime({ store: memoryStore() })
  runtime.work({ pool: workerPool({ create: make.jobs, size: 2 }) })
  console.log(await runtime.result((await runtime.enqueue(square, 6)).id))
  await runtime.close()
} else {
  const pool = workerPool({ create: make.exam, size: 2, idleTimeout: '1h', startTimeout: '1h' })
  if (how === 'dead') await pool.run('exit', null)
  console.log(await pool.run('double', 18, { timeout: '1h' }))
  if (how === 'closed') await pool.close()
}
