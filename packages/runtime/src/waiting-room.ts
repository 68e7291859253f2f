import { MillraceError, refusal, type EnqueueResult, type NewJob } from '@millrace/core'
import { closedError, type CommandRunner } from './command-runner.ts'
import type { WaitPolicy } from './queue-options.ts'

interface Waiter {
  readonly jobs: readonly NewJob[]
  readonly atomic: boolean
  readonly resolve: (results: readonly EnqueueResult[]) => void
  readonly reject: (error: unknown) => void
  readonly endWait: () => void
  isLate: boolean
}

/** Where enqueues wait for room in a full queue with `overflow: 'wait'`: in the order they came, not too many, not too long. */
export class WaitingRoom {
  readonly #commands: CommandRunner
  readonly #policies: ReadonlyMap<string, WaitPolicy>
  readonly #lines = new Map<string, Line>()
  #unsubscribe: (() => void) | undefined

  constructor(commands: CommandRunner, policies: ReadonlyMap<string, WaitPolicy>) {
    this.#commands = commands
    this.#policies = policies
  }

  hasPolicy(queue: string): boolean {
    return this.#policies.has(queue)
  }

  /** True while others wait for this queue: whoever comes now stands behind them. */
  isWaitedFor(queue: string): boolean {
    return this.#lines.has(queue)
  }

  /** True if this refusal is one to wait out. */
  admits(result: EnqueueResult, job: NewJob): boolean {
    return result.outcome === 'refused' && result.code === 'QUEUE_FULL' && this.hasPolicy(job.queue)
  }

  enter(jobs: readonly NewJob[], atomic: boolean): Promise<readonly EnqueueResult[]> {
    const queue = jobs[0]!.queue
    const policy = this.#policies.get(queue)!
    const line = this.#line(queue)
    if (line.waiters.length >= policy.maxWaiters) {
      this.#closeIfEmpty(queue)
      return Promise.reject(fullRoom(queue, policy))
    }
    return new Promise((resolve, reject) => {
      const endWait = this.#commands.clock.setTimer(policy.timeoutMs, () => this.#giveUp(queue, waiter))
      const waiter: Waiter = { jobs, atomic, resolve, reject, endWait, isLate: false }
      line.waiters.push(waiter)
      if (line.waiters.length === 1) void this.#serve(queue, line)
    })
  }

  close(): void {
    for (const [queue, { waiters }] of this.#lines) {
      for (const waiter of waiters.splice(0)) dismiss(waiter)
      this.#closeIfEmpty(queue)
    }
  }

  /** Tries the first in line until it is in, then the next; stops at a full queue, to go on when something ends there. */
  async #serve(queue: string, line: Line): Promise<void> {
    line.roomSeen = true
    if (line.serving) return
    line.serving = true
    line.endPause()
    while (line.waiters.length > 0 && line.roomSeen) {
      line.roomSeen = false
      const waiter = line.waiters[0]!
      const outcome = await this.#attempt(waiter)
      if (outcome.kind === 'full' && !waiter.isLate) {
        if (!line.roomSeen) line.endPause = this.#pause(queue, line, outcome.retryAfterMs)
        continue
      }
      line.waiters.shift()
      line.roomSeen = true
      waiter.endWait()
      if (outcome.kind === 'in') waiter.resolve(outcome.results)
      else waiter.reject(outcome.kind === 'full' ? stillFull(queue) : outcome.error)
    }
    line.serving = false
    this.#closeIfEmpty(queue)
  }

  async #attempt({ jobs, atomic }: Waiter): Promise<Outcome> {
    try {
      const { results } = await this.#commands.run('enqueue', { jobs, atomic })
      const refused = results.find((result) => result.outcome === 'refused')
      return refused === undefined ? { kind: 'in', results } : outcomeOf(refusal(refused))
    } catch (error) {
      return outcomeOf(error)
    }
  }

  /** Other processes' endings are not heard by every store, so the measured rate says when to look again. */
  #pause(queue: string, line: Line, retryAfterMs: number): () => void {
    return this.#commands.clock.setTimer(retryAfterMs, () => void this.#serve(queue, line))
  }

  /** The time is over. If the store is being asked this very moment, its answer decides: a job that was taken in must not be called refused. */
  #giveUp(queue: string, waiter: Waiter): void {
    const line = this.#lines.get(queue)!
    waiter.isLate = true
    if (line.serving && line.waiters[0] === waiter) return
    line.waiters.splice(line.waiters.indexOf(waiter), 1)
    waiter.reject(stillFull(queue))
    this.#closeIfEmpty(queue)
  }

  #line(queue: string): Line {
    const known = this.#lines.get(queue)
    if (known !== undefined) return known
    const line: Line = { waiters: [], serving: false, roomSeen: false, endPause: () => {} }
    this.#lines.set(queue, line)
    this.#unsubscribe ??= this.#commands.store.subscribe({
      events: (events) => {
        for (const event of events)
          if ('job' in event && endings.has(event.type)) this.#roomIn(event.job.queue)
      },
    })
    return line
  }

  #roomIn(queue: string): void {
    const line = this.#lines.get(queue)
    if (line !== undefined) void this.#serve(queue, line)
  }

  #closeIfEmpty(queue: string): void {
    const line = this.#lines.get(queue)
    if (line === undefined || line.serving || line.waiters.length > 0) return
    line.endPause()
    this.#lines.delete(queue)
    if (this.#lines.size > 0) return
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
  }
}

interface Line {
  readonly waiters: Waiter[]
  serving: boolean
  /** Something ended in the queue since the last try began. */
  roomSeen: boolean
  endPause: () => void
}

type Outcome =
  | { readonly kind: 'in'; readonly results: readonly EnqueueResult[] }
  | { readonly kind: 'full'; readonly retryAfterMs: number }
  | { readonly kind: 'failed'; readonly error: unknown }

const endings: ReadonlySet<string> = new Set(['completed', 'dead', 'cancelled', 'expired', 'shed'])

function outcomeOf(error: unknown): Outcome {
  return error instanceof MillraceError && error.code === 'QUEUE_FULL'
    ? { kind: 'full', retryAfterMs: Math.max(10, error.retryAfterMs ?? 1_000) }
    : { kind: 'failed', error }
}

function dismiss({ endWait, reject }: Waiter): void {
  endWait()
  reject(closedError())
}

function stillFull(queue: string): MillraceError {
  return new MillraceError(
    'QUEUE_FULL',
    `queue ${queue} is still full after all the time an enqueue may wait; try again later`,
    {
      outcome: 'no',
      retryAfterMs: 1_000,
    },
  )
}

function fullRoom(queue: string, { maxWaiters }: WaitPolicy): MillraceError {
  return new MillraceError(
    'QUEUE_FULL',
    `queue ${queue} is full and ${maxWaiters} enqueues wait for room already; try again later`,
    { outcome: 'no', retryAfterMs: 1_000 },
  )
}
