import type { Job, MillraceError, Millis, Settlement } from '@millrace/core'
import { WorkerServices } from './attempt-services.ts'
import { Attempt, type Lease } from './attempt.ts'
import { Claims, type ClaimTaker } from './claims.ts'
import type { CommandRunner } from './command-runner.ts'
import { Deadlines } from './deadlines.ts'
import type { Handlers } from './handlers.ts'
import { Leases, type LeaseOwner } from './leases.ts'
import { PooledAttempts } from './pooled-attempts.ts'
import type { Producer } from './producer.ts'
import { attemptTimeout, cancelled, leaseLost, outcomeOf, release } from './settlement.ts'
import { Settler, type SettlementListener } from './settler.ts'
import { Slots, type SlotListener } from './slots.ts'
import type { WorkerSettings } from './worker-options.ts'
import type { Doing, WorkerWatch } from './worker-watch.ts'

/** What a worker works with; the runtime's, not its own. */
export interface WorkerParts {
  readonly commands: CommandRunner
  readonly handlers: Handlers
  readonly producer: Producer
  readonly watch: WorkerWatch
  readonly knownQueues: () => readonly string[]
  readonly payloadLimit: number
}

// After a failed claim; a store in trouble is not helped by being asked all the time.
const claimAgainMs = 500

/** The heart of a worker: what is claimed is run, what ended is settled, and both go to the store together, once per turn. */
export class WorkerLoop implements SlotListener, LeaseOwner, ClaimTaker, SettlementListener {
  readonly slots: Slots
  readonly claims: Claims
  readonly settler: Settler
  readonly leases: Leases
  readonly #parts: WorkerParts
  readonly #settings: WorkerSettings
  readonly #deadlines: Deadlines
  readonly #services: WorkerServices
  #stopping = false
  #limit: number
  #turnScheduled = false
  #cancelLook: (() => void) | undefined
  #cancelPoll: (() => void) | undefined
  #onEmpty: (() => void) | undefined
  #abandoned = 0

  constructor(owner: string, parts: WorkerParts, settings: WorkerSettings) {
    const { commands, handlers, producer, knownQueues, payloadLimit } = parts
    this.#parts = parts
    this.#settings = settings
    const { clock } = commands
    this.#services = new WorkerServices(
      commands,
      producer,
      payloadLimit,
      (attempt) => this.lost(attempt),
      (error) => this.trouble(error, 'note'),
    )
    const { concurrency } = settings
    this.#limit = settings.limit
    const slotParts = {
      concurrency,
      handlers,
      clock,
      resultLimit: payloadLimit,
      services: this.#services,
      pooled: settings.pool && new PooledAttempts(settings.pool, commands, payloadLimit, this),
    }
    this.slots = new Slots(slotParts, this)
    this.claims = new Claims(commands, handlers, { ...settings, owner }, knownQueues, this)
    this.settler = new Settler(commands, this)
    this.leases = new Leases(commands, this, settings.leaseMs)
    this.#deadlines = new Deadlines(
      clock,
      this.slots.running,
      (attempt) => this.abort(attempt, attemptTimeout(attempt)),
      (attempt) => this.#abandon(attempt),
    )
  }

  // What the claims ask and tell.

  free(): number {
    const { concurrency, prefetch } = this.#settings
    if (this.#stopping || this.settler.troubled) return 0
    const most = this.#limit < concurrency ? this.#limit : concurrency + prefetch
    return most - this.slots.busy - this.slots.waiting
  }

  take(jobs: readonly Job[], lease: Lease): void {
    const attempts = jobs.map((job) => new Attempt(job, lease))
    if (jobs.length > 0) {
      this.#parts.watch.claimed(jobs)
      this.leases.watch()
    }
    if (this.#stopping) this.#giveBack(attempts)
    else this.slots.add(attempts)
    // What ended within the call is settled first, and claims then.
    if (!this.#turnScheduled) this.claims.claim()
    this.#endTurn()
  }

  nextAt(at: Millis): void {
    this.#parts.watch.nextAt(at)
  }

  failed(error: unknown): void {
    this.trouble(error, 'claim')
    if (!this.#stopping && !this.#parts.commands.closed) this.#lookIn(claimAgainMs)
  }

  // What the slots tell.

  started(attempt: Attempt): void {
    if (attempt.job.timeoutMs > 0) this.#deadlines.watch(attempt.timeoutAt)
  }

  ended(attempt: Attempt, settlement: Settlement, now: Millis): void {
    if (attempt.notes !== undefined) this.#services.notes.write(attempt)
    if (!attempt.lost) {
      this.#parts.watch.ended(settlement, now - attempt.startedAt, now)
      this.settler.add(attempt, settlement)
    }
    this.#scheduleTurn()
  }

  staleInLine(): void {
    this.leases.renew()
  }

  // What the leases ask and tell.

  held(): readonly Attempt[] {
    return [...this.slots.running.all(), ...this.slots.inLine(), ...this.settler.unsettled]
  }

  lost(attempt: Attempt): void {
    if (attempt.lost) return
    attempt.lost = true
    this.slots.withdraw((waiting) => waiting === attempt)
    this.abort(attempt, leaseLost(attempt, 'its lease was lost'))
    this.#parts.watch.leaseLost(attempt)
  }

  /** Where others share the store, one of them may have the job by now. Where nobody does, the renewal decides. */
  overdue(attempt: Attempt): void {
    if (this.#parts.commands.store.supports.sharing && attempt.place >= 0)
      this.abort(attempt, leaseLost(attempt, 'its lease ended before it was renewed'))
  }

  cancelled(id: string, reason: string): void {
    this.#giveBack(this.slots.withdraw(({ job }) => job.id === id))
    for (const attempt of this.slots.running.all())
      if (attempt.job.id === id) this.abort(attempt, cancelled(attempt, reason))
  }

  renewed(): void {
    this.slots.fill()
    this.#endTurn()
  }

  trouble(error: unknown, doing: Doing = 'renew'): void {
    this.#parts.watch.trouble(doing, error)
  }

  // What the settler tells.

  settled(): void {
    if (!this.settler.troubled) this.claims.claim()
    this.#checkQuiet()
  }

  unsettled(error: unknown): void {
    this.trouble(error, 'settle')
  }

  // What the worker asks for.

  start(): void {
    if (this.#settings.pollMs !== undefined) this.#poll(this.#settings.pollMs)
    this.look()
  }

  /** Handlers or queues were added. */
  refresh(): void {
    this.claims.refresh()
    this.look()
  }

  limit(most: number): void {
    this.#limit = most
    if (most === 0) this.#giveBack(this.slots.withdraw())
    this.look()
  }

  /** There may be something to claim. */
  look(): void {
    if (!this.#stopping) this.claims.look()
  }

  wake(queues: ReadonlySet<string>): void {
    if (!this.#stopping && this.claims.wants(queues)) this.claims.look()
  }

  abort(attempt: Attempt, why: MillraceError): void {
    if (attempt.stop !== undefined || attempt.ended) return
    const graceUntil = this.#parts.commands.clock.monotonic() + this.#settings.graceMs
    attempt.stop = { why, graceUntil }
    this.#deadlines.watch(graceUntil)
    attempt.controller?.abort(why)
    attempt.onStop?.(why)
  }

  get slotCount(): number {
    return this.#settings.concurrency
  }

  get handled(): readonly string[] {
    return this.#parts.handlers.names
  }

  /** Handlers that did not heed their signals. */
  get abandoned(): number {
    return this.#abandoned
  }

  /** No more claims; what was not begun is given back. */
  stop(): void {
    this.#stopping = true
    this.#cancelLook?.()
    this.#cancelPoll?.()
    this.#giveBack(this.slots.withdraw())
  }

  /** Resolves when no handler runs any more. */
  whenEmpty(): Promise<void> {
    return this.slots.busy === 0 ? Promise.resolve() : new Promise((resolve) => (this.#onEmpty = resolve))
  }

  /** Lets go of every timer. */
  close(): void {
    this.leases.close()
    this.#deadlines.close()
    this.#services.notes.close()
  }

  #abandon(attempt: Attempt): void {
    this.#abandoned++
    this.#parts.watch.abandoned(attempt)
    this.slots.abandon(attempt, outcomeOf(attempt, attempt.stop?.why))
  }

  #giveBack(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) {
      attempt.ended = true
      this.settler.add(attempt, release(attempt))
    }
    if (attempts.length > 0) this.#scheduleTurn()
  }

  #poll(everyMs: Millis): void {
    this.#cancelPoll = this.#parts.commands.clock.setTimer(everyMs, () => {
      this.look()
      this.#poll(everyMs)
    })
  }

  #lookIn(ms: Millis): void {
    this.#cancelLook?.()
    this.#cancelLook = this.#parts.commands.clock.setTimer(ms, () => this.look())
  }

  #scheduleTurn(): void {
    if (this.#turnScheduled) return
    this.#turnScheduled = true
    queueMicrotask(this.#turn)
  }

  /** What ended goes to the store, and what takes its place comes with the same turn. */
  readonly #turn = (): void => {
    this.#turnScheduled = false
    this.settler.flush()
    this.claims.claim()
    this.#endTurn()
  }

  #endTurn(): void {
    if (this.slots.busy === 0) this.#onEmpty?.()
    this.#checkQuiet()
  }

  #checkQuiet(): void {
    if (this.slots.busy + this.slots.waiting === 0 && this.settler.isIdle && this.claims.isQuiet)
      this.#parts.watch.quiet()
  }
}
