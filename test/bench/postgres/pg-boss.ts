import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { ballast, type Contender, type Mode } from './contender.ts'

/** LISTEN/NOTIFY for a lone job; for bulk, batches of 1,000 on four workers and a queue without notifications. */
export async function open(connectionString: string, mode: Mode): Promise<Contender> {
  const notify = mode === 'quick'
  const boss = new PgBoss({ connectionString, max: 20, useListenNotify: notify })
  boss.on('error', () => {})
  await boss.start()
  const queue = `bench-${mode}`
  await boss.createQueue(queue, { notify })
  const client = new Client({ connectionString })
  await client.connect()
  return {
    enqueue: (index) => boss.send(queue, { index, ballast }),
    enqueueMany: (indices) =>
      boss.insert(
        queue,
        indices.map((index) => ({ data: { index, ballast } })),
      ),
    async work(handle) {
      const options = {
        batchSize: 1_000,
        localConcurrency: mode === 'bulk' ? 4 : 1,
        pollingIntervalSeconds: 0.5,
        notifyPollingIntervalSeconds: 0.5,
        burstWhenBatchFull: true,
      }
      await boss.work<{ index: number }>(queue, options, async (jobs) => {
        for (const { data } of jobs) handle(data.index)
      })
    },
    rest: () => boss.offWork(queue, { wait: true }),
    async unfinished() {
      const { rows } = await client.query(
        `SELECT count(*)::int AS count FROM pgboss.job WHERE name = $1 AND state < 'completed'`,
        [queue],
      )
      return (rows[0] as { count: number }).count
    },
    async close() {
      await client.end()
      await boss.stop({ graceful: false })
    },
  }
}
