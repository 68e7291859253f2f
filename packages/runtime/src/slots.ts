import type { Millis, Settlement } from '@millrace/core'
import type { Attempt } from './attempt.ts'
import type { Clock } from './clock.ts'
import { HandlerContext, type AttemptServices } from './context.ts'
import type { Handlers } from './handlers.ts'
import { begin, encodeResult } from './perform.ts'
import { Running } from './running.ts'
import { completion, outcomeOf } from './settlement.ts'
import { isThenable } from './standard-schema.ts'
import { TurnWatch } from './turn-watch.ts'

/** What becomes of the attempts in the slots. */
export interface SlotListener extends AttemptServices {
  /** Its handler goes on asynchronously. */
  started(attempt: Attempt): void
  /** `now` is the monotonic time. */
  ended(attempt: Attempt, settlement: Settlement, now: Millis): void
  /** The lease of the next one in line ended while it waited: it must be renewed before it may begin. */
  staleInLine(): void
}

/** Runs handlers, never more than `concurrency` at once; each slot takes one attempt after the other until none is left. */
export class Slots {
  readonly running: Running = new Running()
  readonly #concurrency: number
  readonly #handlers: Handlers
  readonly #clock: Clock
  readonly #resultLimit: number
  readonly #listener: SlotListener
  readonly #turns: TurnWatch
  #line: Attempt[] = []
  #head = 0
  #busy = 0
  /** The monotonic time as last read: once per job is enough. */
  #now = 0

  constructor(
    concurrency: number,
    handlers: Handlers,
    clock: Clock,
    resultLimit: number,
    listener: SlotListener,
  ) {
    this.#concurrency = concurrency
    this.#handlers = handlers
    this.#clock = clock
    this.#resultLimit = resultLimit
    this.#listener = listener
    this.#turns = new TurnWatch(clock, () => this.fill())
  }

  /** Slots in which a handler runs. */
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
    if (this.waiting === 0) this.#line = [...attempts]
    else this.#line = [...this.inLine(), ...attempts]
    this.#head = 0
    this.fill()
  }

  /** Takes one attempt, or all, out of the line. */
  withdraw(which: (attempt: Attempt) => boolean = () => true): readonly Attempt[] {
    const waiting = this.inLine()
    this.#line = waiting.filter((attempt) => !which(attempt))
    this.#head = 0
    return waiting.filter(which)
  }

  /** Puts free slots to work. */
  fill(): void {
    if (this.waiting === 0) return
    this.#now = this.#clock.monotonic()
    this.#turns.watch(this.#now)
    for (let free = this.#concurrency - this.#busy; free > 0 && this.waiting > 0; free--) {
      const before = this.waiting
      void this.#serve()
      // It could not begin: nobody else can now.
      if (this.waiting === before) return
    }
  }

  /** Gives an attempt's slot to another, though its handler still runs. */
  abandon(attempt: Attempt, settlement: Settlement): void {
    attempt.abandoned = true
    this.#end(attempt, settlement)
    this.#busy--
    this.fill()
  }

  async #serve(): Promise<void> {
    this.#busy++
    for (let attempt = this.#next(); attempt !== undefined; attempt = this.#next()) {
      const implementation = this.#handlers.of(attempt.job.name)!
      try {
        const value = begin(implementation, attempt, new HandlerContext(attempt, this.#listener))
        const late = isThenable(value) ? await this.#later(attempt, value) : value
        const result = encodeResult(implementation, late, this.#resultLimit)
        this.#end(attempt, completion(attempt, isThenable(result) ? await result : result))
      } catch (error) {
        this.#end(attempt, outcomeOf(attempt, error))
      }
      if (attempt.abandoned) return
    }
    this.#busy--
  }

  #next(): Attempt | undefined {
    if (this.#head === this.#line.length || this.#turns.isOver(this.#now)) return undefined
    const attempt = this.#line[this.#head]!
    if (attempt.heldUntil <= this.#now) {
      this.#listener.staleInLine()
      return undefined
    }
    this.#head++
    attempt.startedAt = this.#now
    return attempt
  }

  #later(attempt: Attempt, value: PromiseLike<unknown>): PromiseLike<unknown> {
    this.running.add(attempt)
    this.#listener.started(attempt)
    return value
  }

  #end(attempt: Attempt, settlement: Settlement): void {
    this.#now = this.#clock.monotonic()
    if (attempt.ended) return
    attempt.ended = true
    this.running.remove(attempt)
    this.#listener.ended(attempt, settlement, this.#now)
  }
}
