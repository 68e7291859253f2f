import type { Job, JobEvent, JobEventType, Millis } from '@millrace/core'
import type { TraceLine } from './trace-format.ts'

/** What a trace says of an event: numbers, names and states, nothing a user put in or an error said; undefined if nothing. */
export function traceLine(told: JobEvent, startedAt: Millis, now: Millis): TraceLine | undefined {
  if ('queue' in told) return { event: told.type, at: now - startedAt, queue: told.queue }
  const { type, job } = told
  switch (type) {
    case 'progress':
    case 'pruned':
      return undefined
    case 'enqueued':
    case 'redriven':
      return arrival(type, job, startedAt)
    case 'started':
    case 'retrying':
    case 'snoozed':
      return { event: type, at: job.since - startedAt, job: job.seq, runAt: job.runAt - startedAt }
    case 'failed':
    case 'crashed':
      return { event: type, at: (job.extras.errors?.at(-1)?.at ?? now) - startedAt, job: job.seq }
    case 'merged':
      return { event: type, at: now - startedAt, job: job.seq, ...because(told.detail) }
    case 'completed':
    case 'released':
    case 'dead':
    case 'cancelled':
    case 'expired':
    case 'shed':
      return { event: type, at: job.since - startedAt, job: job.seq, ...because(job.extras.reason) }
  }
}

function arrival(event: 'enqueued' | 'redriven', job: Job, startedAt: Millis): TraceLine {
  const { seq, queue, name, priority, runAt, state } = job
  const { deadline } = job.extras
  return {
    event,
    at: (event === 'enqueued' ? job.createdAt : job.since) - startedAt,
    job: seq,
    queue,
    name,
    priority,
    runAt: runAt - startedAt,
    state,
    ...(deadline !== undefined && { deadline: deadline - startedAt }),
  }
}

function because(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason }
}

export function isArrival(type: JobEventType): type is 'enqueued' | 'redriven' {
  return type === 'enqueued' || type === 'redriven'
}
