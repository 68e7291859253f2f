import { defaultQueueConfig, noExtras, type NewJob, type QueueConfig, type RetryPolicy } from '@millrace/core'

/** Fails twice, crashes twice; waits exactly 1 s, 2 s, 4 s. */
export const plainRetry: RetryPolicy = {
  maxFailures: 3,
  maxCrashes: 3,
  backoff: { kind: 'exponential', baseMs: 1_000, factor: 2, maxMs: 60_000, jitter: 'none' },
}

/** A job as the runtime's door would let it in. */
export function sampleJob(id: string, given: Partial<NewJob> = {}): NewJob {
  const payload = given.payload ?? `{"of":"${id}"}`
  return {
    id,
    queue: 'default',
    name: 'work',
    version: 1,
    payload,
    bytes: payload.length,
    priority: 0,
    runAt: 0,
    retry: plainRetry,
    timeoutMs: 0,
    extras: noExtras,
    ...given,
  }
}

export function sampleQueue(given: Partial<QueueConfig> = {}): QueueConfig {
  return { ...defaultQueueConfig, ...given }
}
