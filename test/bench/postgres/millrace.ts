import { createRuntime, defineJob, type Worker } from '@millrace/runtime'
import { postgresStore } from '@millrace/store-postgres'
import { ballast, type Contender, type Mode } from './contender.ts'

export async function open(connectionString: string, mode: Mode): Promise<Contender> {
  const job = defineJob<{ index: number; ballast: string }, void>('noop', { queue: 'bench' })
  // Finished jobs are kept an hour, as pg-boss keeps them, and not only the newest thousand.
  const retention = { completed: { age: '1h', count: 10_000_000 } } as const
  const runtime = await createRuntime({
    store: postgresStore({ connectionString }),
    queues: { bench: { retention } },
  })
  let onJob = (_index: number): void => {}
  let worker: Worker | undefined
  runtime.handle(job, async ({ index }) => onJob(index))
  return {
    enqueue: (index) => runtime.enqueue(job, { index, ballast }),
    enqueueMany: (indices) =>
      runtime.enqueueMany(
        job,
        indices.map((index) => ({ index, ballast })),
      ),
    async work(handle) {
      onJob = handle
      worker = runtime.work({ queues: { bench: 1 }, concurrency: mode === 'bulk' ? 1_000 : 100 })
      await Promise.resolve()
    },
    async rest() {
      await worker?.stop()
    },
    async unfinished() {
      const count = (await runtime.counts()).find(({ queue }) => queue === 'bench')
      if (count === undefined) return 0
      return count.scheduled + count.enqueued + count.processing + count.retrying
    },
    close: () => runtime.close(),
  }
}
