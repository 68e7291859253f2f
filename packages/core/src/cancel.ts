import { endCancelled } from './end.ts'
import type { Moment } from './moment.ts'
import type { Rows } from './rows.ts'
import { isTerminal } from './states.ts'

export interface CancelRequest {
  readonly ids: readonly string[]
  readonly reason: string
}

/** `requested`: it runs, and its handler will be asked to stop; `ended`: too late, it had ended before. */
export type CancelOutcome = 'cancelled' | 'requested' | 'ended' | 'notFound'

export interface CancelReply {
  readonly outcomes: readonly CancelOutcome[]
}

/** Ends queued jobs at once and asks running ones to stop; a completion that comes first wins. */
export function cancel(rows: Rows, { ids, reason }: CancelRequest, at: Moment): CancelReply {
  return { outcomes: ids.map((id) => cancelOne(rows, id, reason, at)) }
}

function cancelOne(rows: Rows, id: string, reason: string, at: Moment): CancelOutcome {
  const job = rows.job(id)
  if (job === undefined) return 'notFound'
  if (isTerminal(job.state)) return 'ended'
  const asked = { ...job, extras: { ...job.extras, cancel: { reason, at: at.now } } }
  if (job.state === 'processing') {
    if (job.extras.cancel === undefined) rows.put(asked)
    return 'requested'
  }
  endCancelled(rows, asked, at)
  return 'cancelled'
}
