import type { Body } from './body.ts'
import { end, endCancelled } from './end.ts'
import { fail, type Fault } from './fail.ts'
import { heldJob, type Held } from './held.ts'
import type { Job, Millis } from './job.ts'
import type { Moment } from './moment.ts'
import { trim } from './retention.ts'
import type { Rows } from './rows.ts'

/** How one attempt ended, told by its worker. */
export type Settlement = Held &
  (
    | { readonly outcome: 'complete'; readonly result?: Body }
    | ({ readonly outcome: 'fail' } & Fault)
    /** Not now, and no fault of the job's. */
    | { readonly outcome: 'snooze'; readonly delayMs: Millis }
    /** Given back unharmed: a graceful stop, or a lease lost before the handler began. */
    | { readonly outcome: 'release' }
  )

export interface SettleRequest {
  readonly settlements: readonly Settlement[]
}

export interface SettleReply {
  /** In the order of the request. `lost`: the lease was gone, and nothing was changed. */
  readonly outcomes: readonly ('settled' | 'lost')[]
}

// More than one settlement ends, so an old surplus shrinks; few enough that nobody notices.
const trimmedAtOnce = 100

/** Ends attempts. Each is its own decision: a stale one changes nothing and hinders no other. */
export function settle(rows: Rows, { settlements }: SettleRequest, at: Moment): SettleReply {
  let touched: string[] | undefined
  const outcomes = settlements.map((settlement) => {
    const job = heldJob(rows, settlement)
    if (job === undefined) return 'lost'
    settleOne(rows, job, settlement, at)
    // A list of one from the start: most settlements touch one queue, and a list that grows takes room for many.
    if (touched === undefined) touched = [job.queue]
    else if (!touched.includes(job.queue)) touched.push(job.queue)
    return 'settled'
  })
  for (const queue of touched ?? []) tidy(rows, queue, trimmedAtOnce + settlements.length, at)
  return { outcomes }
}

function settleOne(rows: Rows, job: Job, settlement: Settlement, at: Moment): Job {
  switch (settlement.outcome) {
    case 'complete':
      return end(rows, job, 'completed', at, withResult(job, settlement.result))
    case 'fail':
      // An attempt that breaks off after a request to cancel has done what was asked.
      return job.extras.cancel === undefined ? fail(rows, job, settlement, at) : endCancelled(rows, job, at)
    case 'snooze':
      return job.extras.cancel === undefined
        ? snooze(rows, job, settlement.delayMs, at)
        : endCancelled(rows, job, at)
    case 'release':
      return job.extras.cancel === undefined ? release(rows, job, at) : endCancelled(rows, job, at)
  }
}

function withResult(job: Job, result: Body | undefined): Job['extras'] {
  return result === undefined ? job.extras : { ...job.extras, result }
}

function snooze(rows: Rows, job: Job, delayMs: Millis, at: Moment): Job {
  const snoozed = rows.put({
    ...job,
    state: 'scheduled',
    since: at.now,
    runAt: at.now + delayMs,
    snoozes: job.snoozes + 1,
    owner: '',
    leaseUntil: 0,
  })
  if (rows.listening) rows.emit({ type: 'snoozed', job: snoozed })
  return snoozed
}

function release(rows: Rows, job: Job, at: Moment): Job {
  const released = rows.put({
    ...job,
    state: 'enqueued',
    since: at.now,
    refunds: job.refunds + 1,
    owner: '',
    leaseUntil: 0,
  })
  if (rows.listening) rows.emit({ type: 'released', job: released })
  return released
}

/** What a queue's endings bring about: room for others, and old history gone. */
function tidy(rows: Rows, queue: string, limit: number, at: Moment): void {
  if ((rows.queue(queue)?.config.concurrency ?? Infinity) !== Infinity) rows.wake(queue)
  trim(rows, queue, limit, at)
}
