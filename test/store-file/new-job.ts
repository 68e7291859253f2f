import { defaultBackoff, noExtras, type Moment, type NewJob } from '@millrace/core'

export const at: Moment = { now: 1_800_000_000_000, seed: 7 }

/** A job to enqueue. */
export function newJob(id: string, payload = `"${id}"`): NewJob {
  return {
    id,
    queue: 'default',
    name: 'test.job',
    version: 1,
    payload,
    bytes: payload.length,
    priority: 0,
    runAt: 0,
    retry: { maxFailures: 5, maxCrashes: 3, backoff: defaultBackoff },
    timeoutMs: 0,
    extras: noExtras,
  }
}
