import { defaultBackoff, noExtras, type Job } from '@millrace/core'

const retry = { maxFailures: 1, maxCrashes: 1, backoff: defaultBackoff }

/** A job that nothing has happened to yet, with a change. */
export function jobOf(id: string, change: Partial<Job>): Job {
  const kind = { queue: 'a', name: 'x', version: 1, retry, timeoutMs: 0 }
  const numbers = { seq: 0, bytes: 0, priority: 0, rank: 0, runAt: 0, createdAt: 0, since: 0 }
  const counters = { attempt: 0, epoch: 0, failures: 0, crashes: 0, snoozes: 0, refunds: 0, generation: 0 }
  const lease = { owner: '', leaseUntil: 0 }
  return {
    id,
    payload: '',
    state: 'enqueued',
    ...kind,
    ...numbers,
    ...counters,
    ...lease,
    extras: noExtras,
    ...change,
  }
}
