import type { Millis, Settlement } from '@millrace/core'
import type { Attempt } from './attempt.ts'
import type { Clock } from './clock.ts'
import { HandlerContext, type AttemptServices } from './context.ts'
import type { Handlers } from './handlers.ts'
import { begin, encodeResult } from './perform.ts'
import type { PooledAttempts } from './pooled-attempts.ts'
import { Running } from './running.ts'
import { completion, outcomeOf } from './settlement.ts'
import { Slot } from './slot.ts'
import { isThenable } from './standard-schema.ts'
import { TurnWatch } from './turn-watch.ts'

/** What becomes of the attempts in the slots. */
export interface SlotListener {
  /** Its handler goes on asynchronously. */
  started(attempt: Attempt): void
  /** `now` is the monotonic time. */
  ended(attempt: Attempt, settlement: Settlement, now: Millis): void
  /** The lease of the next one in line ended while it waited: it must be renewed before it may begin. */
  staleInLine(): void
}

/** What slots work with. */
export interface SlotParts {
  readonly concurrency: number
  readonly handlers: Handlers
  readonly clock: Clock
  readonly resultLimit: number
  readonly services: AttemptServices
  /** Where handlers run, if not here. */
  readonly pooled: PooledAttempts | undefined
}

/** Runs handlers, never more than `concurrency` at once; each slot takes one attempt after the other until none is left. */
export class Slots {
  readonly running: Running = new Running()
  readonly #parts: SlotParts
  readonly #listener: SlotListener
  readonly #turns: TurnWatch
  readonly #free: Slot[] = []
  /** Slots in which a handler runs. */
  #busy = 0
  #line: readonly Attempt[] = []
  #head = 0
  /** The monotonic time as last read: once per job is enough. */
  #now: Millis = 0

  constructor(parts: SlotParts, listener: SlotListener) {
    this.#parts = parts
    this.#listener = listener
    this.#turns = new TurnWatch(parts.clock, () => this.fill())
  }

  get busy(): number {
    return this.#busy
  }

  /** Attempts claimed and not begun. */
  get waiting(): number {
    return this.#line.length - this.#head
  }

  inLine(): readonly Attempt[] {
    return this.#line.slice(this.#head)
  }

  add(attempts: readonly Attempt[]): void {
    this.#line = this.waiting === 0 ? attempts : [...this.inLine(), ...attempts]
    this.#head = 0
    this.fill()
  }

  /** Takes attempts out of the line. */
  withdraw(which: (attempt: Attempt) => boolean = () => true): readonly Attempt[] {
    const waiting = this.inLine()
    this.#line = waiting.filter((attempt) => !which(attempt))
    this.#head = 0
    return waiting.filter(which)
  }

  /** Puts free slots to work. */
  fill(): void {
    if (this.waiting === 0) return
    this.#now = this.#parts.clock.monotonic()
    this.#turns.watch(this.#now)
    while (this.#busy < this.#parts.concurrency) {
      const attempt = this.#next()
      if (attempt === undefined) return
      this.#busy++
      this.#occupy(this.#free.pop() ?? new Slot(this.#ended), attempt)
    }
  }

  /** Gives a running attempt's slot to another, though its handler has not ended. */
  abandon(attempt: Attempt, settlement: Settlement): void {
    this.#end(attempt, settlement)
    this.#busy--
    this.fill()
  }

  #next(): Attempt | undefined {
    if (this.#head === this.#line.length || this.#turns.isOver(this.#now)) return undefined
    const attempt = this.#line[this.#head]!
    if (attempt.lease.until <= this.#now) {
      this.#listener.staleInLine()
      return undefined
    }
    this.#head++
    attempt.startedAt = this.#now
    return attempt
  }

  /** Runs one attempt after the other until a handler goes on asynchronously, or none is left. */
  #occupy(slot: Slot, first: Attempt | undefined): void {
    for (let attempt = first; attempt !== undefined; attempt = this.#next())
      if (this.#begin(slot, attempt) === 'goes on') return
    this.#busy--
    this.#free.push(slot)
  }

  #begin(slot: Slot, attempt: Attempt): 'ended' | 'goes on' {
    const { handlers, services, pooled } = this.#parts
    try {
      const value =
        pooled?.perform(attempt) ??
        begin(handlers.of(attempt.job.name)!, attempt, new HandlerContext(attempt, services))
      if (isThenable(value)) {
        this.#follow(slot, attempt, value)
        return 'goes on'
      }
      this.#complete(attempt, value)
    } catch (error) {
      this.#end(attempt, outcomeOf(attempt, error))
    }
    return 'ended'
  }

  #follow(slot: Slot, attempt: Attempt, value: PromiseLike<unknown>): void {
    slot.attempt = attempt
    this.running.add(attempt)
    this.#listener.started(attempt)
    // Other people's thenables may call twice, or throw.
    const promise = value instanceof Promise ? value : Promise.resolve(value)
    promise.then(slot.fulfilled, slot.rejected)
  }

  readonly #ended = (slot: Slot, attempt: Attempt, value: unknown, isError: boolean): void => {
    // Given up before, and its slot replaced by a new one: what the handler says now comes too late.
    if (attempt.ended) return
    if (isError) this.#end(attempt, outcomeOf(attempt, value))
    else this.#complete(attempt, value)
    this.#occupy(slot, this.#next())
  }

  #complete(attempt: Attempt, value: unknown): void {
    if (this.#parts.pooled !== undefined) return this.#end(attempt, value as Settlement)
    try {
      const result = encodeResult(attempt.job.name, value, this.#parts.resultLimit)
      this.#end(attempt, completion(attempt, result))
    } catch (error) {
      this.#end(attempt, outcomeOf(attempt, error))
    }
  }

  #end(attempt: Attempt, settlement: Settlement): void {
    this.#now = this.#parts.clock.monotonic()
    attempt.ended = true
    this.running.remove(attempt)
    this.#listener.ended(attempt, settlement, this.#now)
  }
}
