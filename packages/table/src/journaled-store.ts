import {
  MillraceError,
  type CommandName,
  type Guarantee,
  type Moment,
  type Reply,
  type Request,
  type Store,
  type StoreListener,
  type Supports,
} from '@millrace/core'
import { hydrate } from './hydrate.ts'
import type { Append, Journal } from './journal.ts'
import { Listeners } from './listeners.ts'
import type { Table } from './table.ts'
import { closedError } from './volatile-store.ts'

/** A command, and the caller who waits for it. */
interface Call {
  readonly name: CommandName
  readonly request: never
  readonly at: Moment
  readonly resolve: (reply: never) => void
  readonly reject: (error: unknown) => void
  reply: unknown
  /** What the command itself threw. */
  refusal: unknown
}

/**
 * A table and the journal that makes it durable. Commands run in turns: all that were called while the last turn was made durable
 * are decided together at the start of the next, and answered at its end.
 */
export class JournaledStore implements Store {
  readonly #table: Table
  readonly #journal: Journal
  readonly #listeners: Listeners
  #waiting: Call[] = []
  #isDeciding = false
  #turns: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(table: Table, journal: Journal) {
    this.#table = table
    this.#journal = journal
    this.#listeners = new Listeners(table)
  }

  get guarantee(): Guarantee {
    return this.#journal.guarantee
  }

  get supports(): Supports {
    return this.#journal.supports
  }

  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>> {
    if (this.#closing !== undefined) return Promise.reject(closedError())
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        name,
        request: request as never,
        at,
        resolve,
        reject,
        reply: undefined,
        refusal: undefined,
      })
      if (!this.#isDeciding) this.#turns ??= this.#takeTurns()
    })
  }

  subscribe(listener: StoreListener): () => void {
    return this.#listeners.add(listener)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#turns
    await this.#journal.close()
  }

  async #takeTurns(): Promise<void> {
    // What is called in this tick shares the first turn.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#turn(false)
    this.#turns = undefined
  }

  async #turn(useReserve: boolean): Promise<void> {
    const calls: Call[] = []
    const start = this.#table.mark()
    try {
      await this.#journal.turn((append) => this.#decide(calls, append), useReserve)
    } catch (error) {
      if (outcomeOf(error) === 'no') this.#table.undoTo(start)
      this.#table.settle()
      await this.#fail(calls, error, useReserve)
      return
    }
    this.#table.settle()
    this.#listeners.tell(this.#table.takeEvents())
    for (const call of calls) this.#answer(call)
  }

  /** Runs every call, and those that listeners make when a call wakes them, in order. */
  #decide(calls: Call[], append: Append): void {
    this.#isDeciding = true
    try {
      for (let next = 0; next < this.#waiting.length; next++) {
        const call = this.#waiting[next]!
        calls.push(call)
        this.#perform(call, append)
        this.#listeners.wake()
      }
      this.#waiting = []
    } finally {
      this.#isDeciding = false
    }
  }

  #perform(call: Call, append: Append): void {
    const before = this.#table.mark()
    call.refusal = undefined
    try {
      call.reply = this.#table.run(call.name, call.request, call.at)
    } catch (error) {
      call.refusal = error
      return
    }
    if (!this.#table.hasChangedSince(before)) return
    const place = append((writer) => this.#table.encode(writer, before))
    if (place !== undefined) this.#table.placed(place)
  }

  #answer(call: Call): void {
    if (call.refusal !== undefined) {
      call.reject(call.refusal)
      return
    }
    const reply = hydrate(call.reply as never, (body) => this.#journal.read(body))
    if (reply === undefined) call.resolve(call.reply as never)
    else reply.then(call.resolve, call.reject)
  }

  /** A full disk refuses new jobs; all else is tried once more with the space kept back for it, since it makes room. */
  async #fail(calls: readonly Call[], error: unknown, usedReserve: boolean): Promise<void> {
    const failed = calls.length > 0 ? calls : this.#waiting.splice(0)
    const again = isFull(error) && !usedReserve ? failed.filter(({ name }) => name !== 'enqueue') : []
    for (const call of failed) if (!again.includes(call)) call.reject(error)
    if (again.length === 0) return
    this.#waiting.unshift(...again)
    await this.#turn(true)
  }
}

function outcomeOf(error: unknown): 'no' | 'unknown' | undefined {
  return error instanceof MillraceError ? error.outcome : undefined
}

function isFull(error: unknown): boolean {
  return error instanceof MillraceError && error.code === 'STORE_FULL'
}
