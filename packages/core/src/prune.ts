import type { Moment } from './moment.ts'
import { forgetOld, trim } from './retention.ts'
import type { Rows } from './rows.ts'

export interface PruneRequest {
  /** Jobs to forget at most, per queue and state: a bound on the length of the turn. */
  readonly limit: number
}

export interface PruneReply {
  readonly pruned: number
}

/** Forgets ended jobs by age and count, and what fair queueing no longer needs to know of idle keys. */
export function prune(rows: Rows, { limit }: PruneRequest, at: Moment): PruneReply {
  let pruned = 0
  for (const name of rows.queueNames()) {
    pruned += forgetOld(rows, name, at.now, limit) + trim(rows, name, limit, at)
    forgetIdleKeys(rows, name)
  }
  return { pruned }
}

/** A key whose last job lies behind the virtual time starts anew at it: its row says nothing. */
function forgetIdleKeys(rows: Rows, name: string): void {
  const queue = rows.queue(name)
  if (queue?.config.order !== 'fair') return
  for (const key of rows.keys(name)) if (key.finishTag <= queue.virtualTime) rows.removeKey(key)
}
