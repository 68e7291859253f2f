import { createRuntime, defineJob, type Worker } from '@millrace/runtime'
import { postgresStore } from '@millrace/store-postgres'
import { ballast, type Contender, type Mode } from './contender.ts'

export async function open(connectionString: string, mode: Mode): Promise<Contender> {
  const job = defineJob<{ index: number; ballast: string }, void>('noop', { queue: 'bench' })
  // Finished jobs are kept an hour, as pg-boss keeps them, and not only the newest thousand.
  const retention = { completed: { age: '1h', count: 10_000_000 } } as const
  const openRuntime = () =>
    createRuntime({ store: postgresStore({ connectionString }), queues: { bench: { retention } } })
  const runtime = await openRuntime()
  let onJob = (_index: number): void => {}
  runtime.handle(job, async ({ index }) => onJob(index))
  // Each store works on one connection: for bulk, several side by side, as the others have several too.
  const crew = mode === 'bulk' ? await Promise.all([openRuntime(), openRuntime(), openRuntime()]) : [runtime]
  for (const one of crew) if (one !== runtime) one.handle(job, async ({ index }) => onJob(index))
  let workers: readonly Worker[] = []
  return {
    enqueue: (index) => runtime.enqueue(job, { index, ballast }),
    enqueueMany: (indices) =>
      runtime.enqueueMany(
        job,
        indices.map((index) => ({ index, ballast })),
      ),
    async work(handle) {
      onJob = handle
      workers = crew.map((one) =>
        one.work({ queues: { bench: 1 }, concurrency: mode === 'bulk' ? 500 : 100 }),
      )
      await Promise.resolve()
    },
    async rest() {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
    async unfinished() {
      const count = (await runtime.counts()).find(({ queue }) => queue === 'bench')
      if (count === undefined) return 0
      return count.scheduled + count.enqueued + count.processing + count.retrying
    },
    async close() {
      for (const one of new Set([...crew, runtime])) await one.close()
    },
  }
}
