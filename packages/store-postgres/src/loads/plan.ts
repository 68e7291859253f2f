import type { Slice } from '../slice.ts'
import { keyOf, limitOf, withLimit, type Read, type ReadKind, type ReadOf } from '../read.ts'
import type { Fields, Statement } from '../statement.ts'
import type { Load, Loading } from './load.ts'
import {
  loadDependents,
  loadFlows,
  loadIdempotency,
  loadJobs,
  loadSlots,
  loadUnique,
  loadWaitingKeys,
} from './load-jobs.ts'
import { loadClocked, loadEnded, loadHeld, loadList, loadReady, loadSheddable } from './load-lists.ts'
import {
  loadAllKeys,
  loadCounters,
  loadKeys,
  loadQueueNames,
  loadQueues,
  loadSchedule,
  loadSchedules,
} from './load-queues.ts'
import { loadNextTimes } from './load-times.ts'
import { lockKeys } from './lock-keys.ts'

/**
 * The statements that answer these reads, in the one order in which every transaction takes its locks: keys, schedules, rows by
 * what names them, queues, and last the lists that wait for nobody. Counters come after the lock on their queue.
 */
export function plan(
  reads: readonly Read[],
  loading: Loading,
  lockQueues: boolean,
): { readonly locks: readonly Statement[]; readonly loads: readonly Load[] } {
  const unique = merged(reads)
  const of = <K extends ReadKind>(kind: K): readonly ReadOf<K>[] =>
    unique.filter((read): read is ReadOf<K> => read.kind === kind)
  const each = <K extends ReadKind>(kind: K, load: (read: ReadOf<K>, loading: Loading) => Load): Load[] =>
    of(kind).map((read) => load(read, loading))
  const all = <K extends ReadKind>(
    kind: K,
    load: (reads: readonly ReadOf<K>[], loading: Loading) => Load,
  ): Load[] => (of(kind).length === 0 ? [] : [load(of(kind), loading)])
  return {
    locks: loading.lock ? lockKeys(loading.sql, unique) : [],
    loads: [
      ...each('schedule', loadSchedule),
      ...each('schedules', loadSchedules),
      ...all('unique', loadUnique),
      ...all('idempotency', loadIdempotency),
      ...all('job', loadJobs),
      ...all('flow', loadFlows),
      ...all('dependents', loadDependents),
      ...each('held', loadHeld),
      ...each('waitingKeys', loadWaitingKeys),
      ...all('slots', loadSlots),
      ...each('list', loadList),
      ...all('queue', (queues) => loadQueues(queues, loading, lockQueues)),
      ...each('queueNames', loadQueueNames),
      ...all('counters', loadCounters),
      ...all('key', loadKeys),
      ...each('keys', loadAllKeys),
      ...each('overdue', loadClocked),
      ...each('expired', loadClocked),
      ...each('due', loadClocked),
      ...each('sheddable', loadSheddable),
      ...each('ready', loadReady),
      ...each('ended', loadEnded),
      ...each('nextAt', (read) => loadNextTimes(read, of('job').length, loading)),
    ],
  }
}

/** One read for each question. Commands that share a ready list take from it one after the other: together they need the sum. */
function merged(reads: readonly Read[]): readonly Read[] {
  const byKey = new Map<string, Read>()
  for (const read of reads) {
    const key = keyOf(read)
    const known = byKey.get(key)
    byKey.set(key, known === undefined ? read : withLimit(read, joinedLimit(known, read)))
  }
  return [...byKey.values()]
}

function joinedLimit(a: Read, b: Read): number {
  return a.kind === 'ready' ? limitOf(a) + limitOf(b) : Math.max(limitOf(a), limitOf(b))
}

export function takeLoads(
  slice: Slice,
  loads: readonly Load[],
  results: readonly (readonly Fields[])[],
): void {
  let from = 0
  for (const load of loads) {
    load.take(slice, results.slice(from, from + load.statements.length))
    from += load.statements.length
  }
}
