import type { Millis } from '@millrace/core'
import { firesAt, nextTimeOf } from './order.ts'
import type { Slice } from './slice.ts'
import type { Statement, Statements, Template } from './statement.ts'

/** What workers should know: queues with something to claim, and the next time at which something is due. */
export interface WakeUp {
  readonly queues: ReadonlySet<string>
  readonly at: Millis
}

/** Stands for all queues where their names would not fit. */
export const allQueues = '*'

// PostgreSQL takes just under 8,000 bytes.
const mostBytes = 7_000

export function wakeUpOf(slice: Slice): WakeUp {
  const queues = new Set(slice.woken)
  let at = Infinity
  for (const { before, after } of slice.jobs.changed()) {
    if (after === undefined) continue
    if (after.state === 'enqueued' && !(before?.state === 'enqueued' && before.rank <= after.rank))
      queues.add(after.queue)
    at = Math.min(at, nextTimeOf(after))
  }
  return { queues, at: Math.min(at, nextFiring(slice)) }
}

function nextFiring(slice: Slice): Millis {
  const changed = [...slice.changedSchedules.entries().values()]
  return changed.reduce(
    (earliest, schedule) => (schedule === undefined ? earliest : Math.min(earliest, firesAt(schedule))),
    Infinity,
  )
}

const notify: Template = { name: 'notify', text: 'SELECT pg_notify($1, $2)::text' }

export function channelOf(schema: string): string {
  return `millrace:${schema}`.slice(0, 63)
}

/** Tells the other processes. Leases are nobody's news: whoever claims next is told of them. */
export function notifyOthers(sql: Statements, slice: Slice): readonly Statement[] {
  const { queues } = wakeUpOf(slice)
  let at = nextFiring(slice)
  for (const { after } of slice.jobs.changed())
    if (after?.state === 'scheduled' || after?.state === 'retrying') at = Math.min(at, nextTimeOf(after))
  if (queues.size === 0 && at === Infinity) return []
  const names = [...queues].join(',')
  const payload = `${at} ${names.length > mostBytes ? allQueues : names}`
  return [sql.of(notify, channelOf(sql.schema), payload)]
}

/** What another process told. */
export function readNews(payload: string): WakeUp {
  const [at, names = ''] = payload.split(' ')
  return { at: Number(at), queues: new Set(names.split(',').filter((name) => name !== '')) }
}
