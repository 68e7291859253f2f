import type { Job } from '@millrace/core'
import { keyOf, type Read } from './read.ts'
import type { Slice } from './slice.ts'

const endedStates = ['completed', 'dead', 'cancelled', 'expired'] as const

// Most jobs have no dependents, and most of those no further ones.
const mostLevels = 2

/** A question about one job or queue will be asked about the others at hand too: one round trip answers it for all. */
export function widen(read: Read, slice: Slice): readonly Read[] {
  // One end brings about another: what hangs on those is loaded to the bottom at once.
  if (read.kind === 'dependents' && ++slice.loaded.levels > mostLevels) return [{ ...read, deep: true }]
  const known = new Set<string>([keyOf(read)])
  const others = alike(read, slice).filter((other) => {
    const key = keyOf(other)
    if (known.has(key) || isLoaded(other, slice)) return false
    known.add(key)
    return true
  })
  return [read, ...others]
}

function isLoaded(read: Read, { loaded }: Slice): boolean {
  if (read.kind === 'queue') return loaded.queues.has(read.name)
  if (read.kind === 'counters') return loaded.tallies.has(read.queue)
  return loaded.coverOf(read) !== undefined
}

function alike(read: Read, slice: Slice): readonly Read[] {
  return [...alikeOfJobs(read, slice.jobs.all()), ...alikeOfQueues(read, slice)]
}

function alikeOfJobs(read: Read, jobs: readonly Job[]): readonly Read[] {
  if (read.kind === 'dependents') return jobs.map(({ id }) => ({ kind: 'dependents', id }))
  if (read.kind === 'flow')
    return jobs.flatMap(({ extras: { flow } }) => (flow === undefined ? [] : [{ kind: 'flow', id: flow.id }]))
  if (read.kind === 'unique')
    return jobs.flatMap(({ extras: { unique } }) =>
      unique === undefined ? [] : [{ kind: 'unique', key: unique.key }],
    )
  if (read.kind === 'slots' || read.kind === 'key')
    return keyed(jobs).map(({ queue, key }) => ({ ...read, queue, key }))
  return []
}

function alikeOfQueues(read: Read, slice: Slice): readonly Read[] {
  const { queueNames } = slice.loaded
  const queues = new Set([...queueNames, ...slice.jobs.all().map(({ queue }) => queue)])
  if (read.kind === 'queue') return [...queues].map((name) => ({ kind: 'queue', name }))
  if (read.kind === 'counters') return [...queues].map((queue) => ({ kind: 'counters', queue }))
  if (read.kind === 'ready') return queueNames.map((queue) => ({ ...read, queue }))
  if (read.kind === 'ended')
    return queueNames.flatMap((queue) => endedStates.map((state): Read => ({ ...read, queue, state })))
  return []
}

function keyed(jobs: readonly Job[]): readonly { readonly queue: string; readonly key: string }[] {
  return jobs.flatMap(({ queue, extras: { key } }) => (key === undefined ? [] : [{ queue, key }]))
}
