import type { ClaimReply, Millis, Moment, Request } from '@millrace/core'
import type { NaiveRows } from '../reference/naive-rows.ts'
import { runCommand } from '../reference/naive-store.ts'

/** What a worker knows that sleeps until it is woken: for each queue, if it must look, and when it will look anyway. */
export class WakeLedger {
  readonly #hinted = new Set<string>()
  readonly #alarms = new Map<string, Millis>()

  /** A worker that starts looks at every queue. */
  restart(queues: readonly string[]): void {
    for (const queue of queues) this.#hinted.add(queue)
  }

  told(queues: ReadonlySet<string>, at: Millis): void {
    for (const queue of queues) this.#hinted.add(queue)
    for (const [queue, alarm] of this.#alarms) this.#alarms.set(queue, Math.min(alarm, at))
  }

  /** Hints that come from now on may be about jobs the claim has not seen. */
  claims(request: Request<'claim'>): void {
    for (const { queue } of request.queues) this.#hinted.delete(queue)
  }

  /** A claim that got all it asked for, or did not ask for every name, must be followed by another. */
  claimed(request: Request<'claim'>, reply: ClaimReply): void {
    const mayHaveLeft = reply.jobs.length >= request.limit || request.names !== undefined
    for (const { queue } of request.queues) {
      this.#alarms.set(queue, reply.nextAt)
      if (mayHaveLeft) this.#hinted.add(queue)
    }
  }

  /** A queue that has work now, while its worker sleeps and nothing will wake it. */
  sleepsThroughWork(rows: NaiveRows, at: Moment): string | undefined {
    for (const [queue, alarm] of this.#alarms) {
      if (this.#hinted.has(queue) || alarm <= at.now) continue
      const queues = [{ queue, weight: 1, credit: 0 }]
      const { jobs } = runCommand(rows.copy(), 'claim', { owner: 'probe', leaseMs: 1, limit: 1, queues }, at)
      if (jobs.length > 0)
        return `job ${jobs[0]!.id} of queue ${queue} can be claimed, but its worker sleeps until ${alarm}: no hint came`
    }
    return undefined
  }
}
