import type { HandlerContext } from '@millrace/runtime'
import type { Order } from './catalogue.ts'

/** One attempt of a handler, seen from outside. */
export interface Run {
  readonly n: number
  readonly id: string
  readonly name: string
  readonly attempt: number
  readonly epoch: number
  readonly generation: number
  /** Which process, of all that ever were. */
  readonly process: number
  readonly beganAt: number
  endedAt: number | undefined
  abortedAt: number | undefined
}

/** What a handler asked for by what it threw. */
export type Wish =
  | { readonly kind: 'snooze' | 'retryAfter'; readonly ms: number }
  | { readonly kind: 'nonRetryable' }

/** One enqueue, as its caller knows it. */
export interface Asked {
  readonly n: number
  readonly askedAt: number
  readonly idempotencyKey: string | undefined
  answer: 'none' | 'accepted' | 'refused' | 'unknown'
  outcome: string | undefined
  id: string | undefined
}

/** The world outside of the queue: what was asked for, what handlers did, and a resource of the user's with a conditional write. */
export class Outside {
  readonly asked = new Map<number, Asked>()
  readonly runs: Run[] = []
  /** By job and epoch. */
  readonly wishes = new Map<string, Wish>()
  /** By order: how often its effect was had, and the epoch under which it was remembered. */
  readonly effects = new Map<number, number>()
  readonly remembered = new Map<string, number>()
  /** By job: the newest fencing token that wrote. */
  readonly written = new Map<string, number>()
  refusedWrites = 0
  /** How often somebody asked for dead letters to go round again, and not merely which would. */
  redrives = 0

  begin(order: Order, context: HandlerContext, process: number, now: number): Run {
    const run: Run = {
      n: order.n ?? -1,
      id: context.id,
      name: context.queue,
      attempt: context.attempt,
      epoch: context.fencingToken,
      generation: context.generation,
      process,
      beganAt: now,
      endedAt: undefined,
      abortedAt: undefined,
    }
    this.runs.push(run)
    return run
  }

  /** The conditional write; false if a newer attempt was faster. */
  write(id: string, token: number): boolean {
    if (token < (this.written.get(id) ?? 0)) {
      this.refusedWrites++
      return false
    }
    this.written.set(id, token)
    return true
  }

  running(process: number): number {
    return this.runs.filter((run) => run.process === process && run.endedAt === undefined).length
  }
}
