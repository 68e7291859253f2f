import { defaultBackoff, noExtras, type Moment, type NewJob } from '@millrace/core'
import { seededEntropy } from '@millrace/runtime'
import { Table } from '@millrace/table'
import { timed } from './timed.ts'

/** Ids as the runtime makes them. */
const entropy = seededEntropy(1)
const retry = { maxFailures: 5, maxCrashes: 3, backoff: defaultBackoff }

/** The bare machine: enqueue, claim and settle in batches on the table in memory, one after the other. */
export function run(jobs: string, batch: string): Promise<{ jobs: number; seconds: number }> {
  const table = new Table()
  const size = Number(batch)
  const at: Moment = { now: 1_700_000_000_000, seed: 1 }
  let next = 0
  return timed(Number(jobs), async (count) => {
    for (let done = 0; done < count; done += size) {
      table.run('enqueue', { jobs: Array.from({ length: size }, () => newJob(next++)), atomic: false }, at)
      const request = {
        owner: 'w',
        leaseMs: 30_000,
        limit: size,
        queues: [{ queue: 'default', weight: 1, credit: 0 }],
      }
      const claimed = table.run('claim', request, at)
      const settlements = claimed.jobs.map(({ id, epoch }) => ({ id, epoch, outcome: 'complete' as const }))
      table.run('settle', { settlements }, at)
      table.takeWake()
      table.settle()
    }
  })
}

function newJob(index: number): NewJob {
  const id = entropy.id()
  const payload = String(index)
  const plain = { id, queue: 'default', name: 'noop', version: 1, payload, bytes: payload.length }
  return { ...plain, priority: 0, runAt: 0, retry, timeoutMs: 0, extras: noExtras }
}
