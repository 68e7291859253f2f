import { isTerminal, type ListFilter } from '@millrace/core'
import type { JobTable } from './job-table.ts'
import type { QueueIndex } from './queue-index.ts'
import { codeOf } from './row-layout.ts'

/** The slots a list shows, in order of seq. */
export function listSlots(jobs: JobTable, filter: ListFilter): readonly number[] {
  const few = fewCandidates(jobs, filter)
  if (few === undefined) return walk(jobs, filter)
  const after = filter.after ?? 0
  const { rows } = jobs
  return few
    .filter((slot) => rows.seq(slot) > after && isMatch(jobs, slot, filter))
    .sort((a, b) => rows.seq(a) - rows.seq(b))
    .slice(0, filter.limit)
}

function walk(jobs: JobTable, filter: ListFilter): readonly number[] {
  const slots: number[] = []
  const after = filter.after ?? 0
  for (
    const at = jobs.indexes.bySeq.cursorAfter(after, after);
    at.slot !== -1 && slots.length < filter.limit;
    at.next()
  )
    if (isMatch(jobs, at.slot, filter)) slots.push(at.slot)
  return slots
}

/** Ended jobs have lines of their own: a few dead letters are found without a walk over a million jobs that wait. */
function fewCandidates(jobs: JobTable, { queue, state }: ListFilter): number[] | undefined {
  if (state === undefined || !isTerminal(state)) return undefined
  const homes = homesOf(jobs, queue)
  const count = homes.reduce((sum, home) => sum + home.counts[codeOf(state)]!, 0)
  // Sorting costs more than walking by, so the walk is only worth it when most jobs match.
  return count * 4 > jobs.size
    ? undefined
    : homes.flatMap((home) => home.ended[codeOf(state)]!.slots(Infinity))
}

function homesOf({ indexes }: JobTable, queue: string | undefined): readonly QueueIndex[] {
  if (queue === undefined) return [...indexes.queues.values()]
  const home = indexes.queues.get(queue)
  return home === undefined ? [] : [home]
}

function isMatch(
  { rows, indexes }: JobTable,
  slot: number,
  { queue, state, name, fingerprint }: ListFilter,
): boolean {
  if (state !== undefined && rows.state(slot) !== codeOf(state)) return false
  const kind = indexes.kindOf(slot)
  if ((queue ?? kind.queue) !== kind.queue || (name ?? kind.name) !== kind.name) return false
  return fingerprint === undefined || rows.extras(slot).fingerprint === fingerprint
}
