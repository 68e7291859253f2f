import { heldJob, type Held } from './held.ts'
import type { Millis } from './job.ts'
import type { Moment } from './moment.ts'
import type { Rows } from './rows.ts'

export interface RenewRequest {
  readonly leaseMs: Millis
  readonly held: readonly Held[]
}

export interface RenewReply {
  /** Attempts that hold their lease no more: their handlers must stop. */
  readonly lost: readonly Held[]
  /** Attempts asked to stop, with the reason given. */
  readonly cancels: readonly { readonly id: string; readonly reason: string }[]
}

/** Prolongs leases, and brings back what their holders must know. */
export function renew(rows: Rows, { leaseMs, held }: RenewRequest, at: Moment): RenewReply {
  const lost: Held[] = []
  const cancels: { id: string; reason: string }[] = []
  for (const attempt of held) {
    const job = heldJob(rows, attempt)
    if (job === undefined) {
      lost.push(attempt)
      continue
    }
    rows.put({ ...job, leaseUntil: at.now + leaseMs })
    if (job.extras.cancel !== undefined) cancels.push({ id: job.id, reason: job.extras.cancel.reason })
  }
  return { lost, cancels }
}
