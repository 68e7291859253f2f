import type { Held, Millis, RenewReply } from '@millrace/core'
import type { Attempt, Lease } from './attempt.ts'
import type { CommandRunner } from './command-runner.ts'

/** What a worker does about its leases. */
export interface LeaseOwner {
  /** All attempts that hold a lease. */
  held(): readonly Attempt[]
  /** The store said so: another may have the job. */
  lost(attempt: Attempt): void
  /** Our own clock says so: the lease ended before a renewal was confirmed. */
  overdue(attempt: Attempt): void
  cancelled(id: string, reason: string): void
  renewed(): void
  trouble(error: unknown): void
}

/** Renews a worker's leases, and judges by the monotonic clock which of them are still surely its own. */
export class Leases {
  readonly #commands: CommandRunner
  readonly #owner: LeaseOwner
  readonly #leaseMs: Millis
  // Renewed at a third of the lease: two renewals may be lost before another worker may take the job.
  readonly #everyMs: Millis
  #cancel: (() => void) | undefined
  #closed = false

  constructor(commands: CommandRunner, owner: LeaseOwner, leaseMs: Millis) {
    this.#commands = commands
    this.#owner = owner
    this.#leaseMs = leaseMs
    this.#everyMs = Math.round(leaseMs / 3)
  }

  /** There are leases to renew now. */
  watch(): void {
    if (this.#cancel === undefined && !this.#closed) this.#arm(this.#everyMs)
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** Judges and renews at once; after a long pause this must come before any reaping. */
  renew(): void {
    const attempts = this.#owner.held()
    if (attempts.length === 0 || this.#closed) return
    const startedAt = this.#commands.clock.monotonic()
    for (const attempt of attempts) if (attempt.lease.until <= startedAt) this.#owner.overdue(attempt)
    const held: readonly Held[] = attempts.map(({ job }) => ({ id: job.id, epoch: job.epoch }))
    this.#commands.run('renew', { leaseMs: this.#leaseMs, held }).then(
      (reply) => this.#take(reply, attempts, { until: startedAt + this.#leaseMs }),
      (error: unknown) => this.#failed(error),
    )
  }

  /** True if a renewal is overdue: the timer that should have renewed did not ring in time. */
  isLate(): boolean {
    const now = this.#commands.clock.monotonic()
    return this.#owner.held().some(({ lease }) => lease.until - now < this.#leaseMs / 2)
  }

  #tick(): void {
    this.#cancel = undefined
    if (this.#owner.held().length === 0) return
    this.renew()
    this.#arm(this.#everyMs)
  }

  #take({ lost, cancels }: RenewReply, attempts: readonly Attempt[], lease: Lease): void {
    const gone = new Set(lost.map(({ id, epoch }) => `${id} ${epoch}`))
    for (const attempt of attempts) {
      if (gone.size > 0 && gone.has(`${attempt.job.id} ${attempt.job.epoch}`)) this.#owner.lost(attempt)
      else attempt.lease = lease
    }
    for (const { id, reason } of cancels) this.#owner.cancelled(id, reason)
    this.#owner.renewed()
  }

  /** Tries again soon, and is awake when the first lease ends. */
  #failed(error: unknown): void {
    this.#owner.trouble(error)
    if (this.#closed) return
    const now = this.#commands.clock.monotonic()
    const left = this.#owner.held().map(({ lease }) => lease.until - now)
    this.#arm(Math.min(this.#everyMs / 3, ...left.filter((ms) => ms > 0)))
  }

  #arm(delayMs: Millis): void {
    this.#cancel?.()
    this.#cancel = this.#commands.clock.setTimer(delayMs, () => this.#tick(), true)
  }
}
