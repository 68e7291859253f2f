import type { ClaimReply, Job, Millis } from '@millrace/core'
import type { Lease } from './attempt.ts'
import type { CommandRunner } from './command-runner.ts'
import type { Handlers } from './handlers.ts'

/** What a worker does with what it claimed. */
export interface ClaimTaker {
  /** How many jobs it could take now; none while it stops. */
  free(): number
  take(jobs: readonly Job[], lease: Lease): void
  /** The store named a time at which there may be more. */
  nextAt(at: Millis): void
  failed(error: unknown): void
}

export interface ClaimSettings {
  readonly owner: string
  readonly leaseMs: Millis
  readonly queues: ReadonlyMap<string, number> | undefined
}

interface Share {
  readonly queue: string
  readonly weight: number
  credit: number
}

/** Asks the store for jobs: one claim at a time, and none while there is reason to believe that there is nothing to get. */
export class Claims {
  readonly #commands: CommandRunner
  readonly #handlers: Handlers
  readonly #settings: ClaimSettings
  readonly #knownQueues: () => readonly string[]
  readonly #taker: ClaimTaker
  #shares: Share[] = []
  /** There may be something to claim. */
  #more = true
  /** Something came while a claim was on its way, and it may not have seen it. */
  #again = false
  #claiming = false
  #inFlight: Promise<void> = Promise.resolve()

  constructor(
    commands: CommandRunner,
    handlers: Handlers,
    settings: ClaimSettings,
    knownQueues: () => readonly string[],
    taker: ClaimTaker,
  ) {
    this.#commands = commands
    this.#handlers = handlers
    this.#settings = settings
    this.#knownQueues = knownQueues
    this.#taker = taker
    this.refresh()
  }

  /** True when the last claim got all there was and none is on its way. */
  get isQuiet(): boolean {
    return !this.#more && !this.#claiming
  }

  /** Handlers or queues were added. */
  refresh(): void {
    const { queues } = this.#settings
    const weights = queues ?? new Map(this.#knownQueues().map((queue) => [queue, 1]))
    const credits = new Map(this.#shares.map(({ queue, credit }) => [queue, credit]))
    this.#shares = [...weights].map(([queue, weight]) => ({ queue, weight, credit: credits.get(queue) ?? 0 }))
  }

  /** What it looks into, and how much of its attention each gets. */
  get weights(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#shares.map(({ queue, weight }) => [queue, weight]))
  }

  wants(queues: ReadonlySet<string>): boolean {
    return this.#shares.some(({ queue }) => queues.has(queue))
  }

  /** There may be something now. */
  look(): void {
    this.#more = true
    if (this.#claiming) this.#again = true
    else this.claim()
  }

  claim(): void {
    if (!this.#more || this.#claiming) return
    const names = this.#handlers.names
    const limit = names.length === 0 ? 0 : this.#taker.free()
    if (limit <= 0) return
    this.#more = false
    this.#again = false
    // Set before the request: a store may wake us within it.
    this.#claiming = true
    // The lease is judged from before the request, so that a slow store makes it seem shorter, never longer.
    const lease = { until: this.#commands.clock.monotonic() + this.#settings.leaseMs }
    const { owner, leaseMs } = this.#settings
    const request = { owner, leaseMs, limit, queues: this.#shares.map((share) => ({ ...share })), names }
    this.#inFlight = this.#commands.runNow('claim', request).then(
      (reply) => this.#take(reply, request.queues, limit, lease),
      (error: unknown) => this.#failed(error),
    )
  }

  /** Resolves when no claim is on its way. */
  whenIdle(): Promise<void> {
    return this.#inFlight
  }

  #take(reply: ClaimReply, asked: readonly { readonly queue: string }[], limit: number, lease: Lease): void {
    this.#claiming = false
    this.#more = this.#again || reply.jobs.length === limit
    for (const [index, { queue }] of asked.entries()) {
      const share = this.#shares.find((one) => one.queue === queue)
      if (share !== undefined) share.credit = reply.credits[index]!
    }
    this.#taker.nextAt(reply.nextAt)
    this.#taker.take(reply.jobs, lease)
  }

  #failed(error: unknown): void {
    this.#claiming = false
    this.#more = true
    this.#taker.failed(error)
  }
}
