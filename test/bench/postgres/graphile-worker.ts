import { Logger, makeWorkerUtils, run, type Runner } from 'graphile-worker'
import { Pool } from 'pg'
import { ballast, type Contender, type Mode } from './contender.ts'

/** Its fastest documented mode for bulk is the local queue with batched completions; a lone job starts sooner without. */
export async function open(connectionString: string, mode: Mode): Promise<Contender> {
  const pgPool = new Pool({ connectionString, max: 20 })
  pgPool.on('error', () => {})
  const logger = new Logger(() => () => {})
  const utils = await makeWorkerUtils({ pgPool, logger })
  await utils.migrate()
  const batches = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }
  let runner: Runner | undefined
  return {
    enqueue: (index) => utils.addJob('noop', { index, ballast }),
    enqueueMany: (indices) =>
      utils.addJobs(indices.map((index) => ({ identifier: 'noop', payload: { index, ballast } }))),
    async work(handle) {
      runner = await run({
        pgPool,
        logger,
        concurrency: 100,
        noHandleSignals: true,
        taskList: {
          noop: async (payload) => handle((payload as { index: number }).index),
        },
        preset: { worker: mode === 'bulk' ? batches : {} },
      })
    },
    async rest() {
      await runner?.stop()
    },
    async unfinished() {
      const { rows } = await pgPool.query('SELECT count(*)::int AS count FROM graphile_worker._private_jobs')
      return (rows[0] as { count: number }).count
    },
    async close() {
      await utils.release()
      await pgPool.end()
    },
  }
}
