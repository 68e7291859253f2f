import type { NewJob, Request } from '@millrace/core'
import type { AnyRun } from './command-run.ts'
import { isPlain } from './limited.ts'
import type { QueueCache } from './queue-cache.ts'
import type { Read } from './read.ts'
import type { Recall } from './recall.ts'

/** What helps to guess: nothing depends on a guess but the number of round trips. */
export interface Foresight {
  readonly cache: QueueCache
  readonly recall: Recall
}

// Enough for all but bursts; a claim that finds more asks again.
const timesAtOnce = 4
const dueAtOnce = 100

/** What a command will probably read. */
export function foresee(run: AnyRun, foresight: Foresight): readonly Read[] {
  switch (run.name) {
    case 'enqueue':
      return enqueueReads(run.request, foresight)
    case 'claim':
      return claimReads(run.request, run.at.now, foresight)
    case 'settle':
      return run.request.settlements.flatMap(({ id }) => settleReads(id, foresight))
    case 'renew':
      return run.request.held.map(({ id }) => ({ kind: 'job', id }))
    case 'note':
      return [{ kind: 'job', id: run.request.id }]
    case 'cancel':
      return run.request.ids.flatMap((id) => settleReads(id, foresight))
    case 'reap':
      return reapReads(run.request, run.at.now)
    case 'configure':
      return Object.keys(run.request.queues).flatMap((name): Read[] => [
        { kind: 'queue', name },
        { kind: 'waitingKeys', queue: name },
      ])
    case 'pause':
      return [{ kind: 'queue', name: run.request.queue }]
    case 'findJob':
    case 'explain':
      return [{ kind: 'job', id: run.request.id }]
    case 'listJobs':
      return [{ kind: 'list', filter: run.request }]
    case 'countJobs':
    case 'prune':
      return [{ kind: 'queueNames' }]
    case 'putSchedule':
      return [{ kind: 'schedule', id: run.request.schedule.id }]
    case 'dropSchedule':
      return [{ kind: 'schedule', id: run.request.id }]
    case 'listSchedules':
      return [{ kind: 'schedules' }]
    case 'fire':
      return [
        { kind: 'schedule', id: run.request.id },
        ...run.request.occurrences.map(({ id }): Read => ({ kind: 'job', id })),
      ]
    case 'redrive':
    case 'discard':
      return (run.request.ids ?? []).map((id) => ({ kind: 'job', id }))
    case 'groupDead':
      return []
  }
}

function enqueueReads({ jobs, by }: Request<'enqueue'>, foresight: Foresight): readonly Read[] {
  const queues = new Set(jobs.map(({ queue }) => queue))
  const reads: Read[] = [
    ...[...queues].map((name): Read => ({ kind: 'queue', name })),
    ...jobs.flatMap((job) => newJobReads(job, foresight)),
  ]
  return by === undefined ? reads : [...reads, { kind: 'job', id: by.id }]
}

function newJobReads({ queue, extras }: NewJob, { cache }: Foresight): readonly Read[] {
  const reads: Read[] = []
  const { unique, idempotency, key, parents } = extras
  if (unique !== undefined) reads.push({ kind: 'unique', key: unique.key })
  if (idempotency !== undefined) reads.push({ kind: 'idempotency', key: idempotency.key })
  // In the cache are only queues without limits.
  if (key !== undefined && cache.get(queue) === undefined)
    reads.push({ kind: 'slots', queue, key, limit: 1 }, { kind: 'key', queue, key })
  for (const { id } of parents ?? []) reads.push({ kind: 'job', id })
  return reads
}

/** An enqueue that nothing but cached queues decides on, and its ids being new, which its write finds out. */
export function isDirect(run: AnyRun, { cache }: Foresight): boolean {
  return (
    run.name === 'enqueue' &&
    run.request.by === undefined &&
    run.request.jobs.every(({ queue, extras: { unique, idempotency, parents } }) => {
      const cached = cache.get(queue)
      return (
        cached !== undefined &&
        isPlain(cached.queue) &&
        unique === undefined &&
        idempotency === undefined &&
        parents === undefined
      )
    })
  )
}

function claimReads(
  { queues, names, limit }: Request<'claim'>,
  now: number,
  { recall }: Foresight,
): readonly Read[] {
  const past: readonly Read[] = [
    { kind: 'overdue', now, limit: dueAtOnce },
    { kind: 'due', now, limit: dueAtOnce },
  ]
  return [
    ...(recall.isDue ? past : []),
    { kind: 'nextAt', limit: timesAtOnce },
    ...queues.flatMap(({ queue }): Read[] => [
      { kind: 'queue', name: queue },
      { kind: 'ready', queue, names, limit },
    ]),
  ]
}

function settleReads(id: string, { recall }: Foresight): readonly Read[] {
  const reads: Read[] = [
    { kind: 'job', id },
    { kind: 'dependents', id },
  ]
  const known = recall.of(id)
  if (known === undefined) return reads
  const { queue, key, flow } = known
  reads.push({ kind: 'queue', name: queue }, { kind: 'counters', queue })
  if (key !== undefined) reads.push({ kind: 'slots', queue, key, limit: 1 })
  if (flow !== undefined) reads.push({ kind: 'flow', id: flow })
  return reads
}

function reapReads({ limit, gone = [] }: Request<'reap'>, now: number): readonly Read[] {
  return [
    { kind: 'expired', now, limit },
    { kind: 'overdue', now, limit },
    ...gone.map((owner): Read => ({ kind: 'held', owner })),
  ]
}
