import type { EnqueueRequest, Moment, NewJob } from '@millrace/core'

/** Jobs on their way from another process to the owner. */
export interface Submission {
  readonly request: EnqueueRequest
  readonly at: Moment
}

/** Reads what another process sent or left: the one place where its shape is checked. Nothing when it is no submission. */
export function parseSubmission(value: unknown): Submission | undefined {
  if (!isObject(value) || !isObject(value.request) || !isObject(value.at)) return undefined
  const { jobs, atomic } = value.request
  const { now, seed } = value.at
  if (!Array.isArray(jobs) || !jobs.every(isNewJob)) return undefined
  if (typeof now !== 'number' || typeof seed !== 'number') return undefined
  // Only these: leases and exemptions are the owner's own business.
  return { request: { jobs, atomic: atomic === true }, at: { now, seed } }
}

const shape: Readonly<Record<keyof NewJob, 'string' | 'number' | 'object'>> = {
  id: 'string',
  queue: 'string',
  name: 'string',
  version: 'number',
  payload: 'string',
  bytes: 'number',
  priority: 'number',
  runAt: 'number',
  retry: 'object',
  timeoutMs: 'number',
  extras: 'object',
}
const nameShape = /^[A-Za-z0-9._:@/-]{1,128}$/

function isNewJob(value: unknown): value is NewJob {
  if (!isObject(value)) return false
  const isComplete = Object.entries(shape).every(
    ([field, type]) => typeof value[field] === type && value[field] !== null,
  )
  return isComplete && [value.id, value.queue, value.name].every((name) => nameShape.test(String(name)))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
