import { workerPool } from 'millrace/pool'

/** What an application does; its bundler finds the worker by the convention. */
const pool = workerPool({
  create: () => new Worker(new URL('./page.worker.ts', import.meta.url), { type: 'module' }),
  size: 1,
})
const outcome = await pool.run('double', 21)
document.title = JSON.stringify(outcome)
