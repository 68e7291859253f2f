import {
  MillraceError,
  type CommandName,
  type Guarantee,
  type JobEvent,
  type Moment,
  type Reply,
  type Request,
  type Store,
  type StoreListener,
  type Supports,
} from '@millrace/core'
import type { ByteWriter } from './byte-writer.ts'
import { closedError } from './closed-error.ts'
import { hydrate } from './hydrate.ts'
import { Overtaken, type Append, type Journal, type SetApart } from './journal.ts'
import { Listeners } from './listeners.ts'
import type { Table, TableMark } from './table.ts'

/** One command, from its call to its answer. */
interface Call {
  readonly name: CommandName
  readonly request: Request<CommandName>
  readonly at: Moment
  readonly resolve: (reply: Reply<CommandName>) => void
  readonly reject: (error: unknown) => void
  /** What it will answer, once the turn is durable. */
  answer: { readonly reply: Reply<CommandName> } | { readonly error: unknown } | undefined
}

interface Turn {
  readonly calls: Call[]
  readonly useReserve: boolean
  /** Before its first command; `undefined` until the journal let it decide. */
  start: TableMark | undefined
  isBroken: boolean
  events: readonly JobEvent[]
}

/** What a full store refuses. Everything else makes room, or is small and lets work go on: it may use the reserve. */
const newWork: ReadonlySet<CommandName> = new Set<CommandName>(['enqueue', 'fire', 'putSchedule'])

/**
 * Turns, one after the other: each runs all commands called by then, and those that listeners call when it wakes them,
 * and answers them when it is durable. What is called meanwhile is the next turn's, which decides while this one is being
 * made durable, if the journal can do that.
 */
export class JournaledStore implements Store {
  readonly guarantee: Guarantee
  readonly supports: Supports
  readonly #table: Table
  readonly #journal: Journal
  readonly #setApart: SetApart | undefined
  readonly #listeners: Listeners
  #waiting: Call[] = []
  #useReserve = false
  /** Turns that are not settled. */
  #turns = 0
  /** The turn that is to end, or to decide, before the next one begins. */
  #current: Turn | undefined
  #onIdle: (() => void) | undefined
  #closing: Promise<void> | undefined
  /** Where the command that runs now began. */
  #mark: TableMark
  readonly #encode = (writer: ByteWriter): boolean => this.#table.encode(writer, this.#mark, this.#setApart)

  constructor(table: Table, journal: Journal) {
    this.guarantee = journal.guarantee
    this.supports = journal.supports
    this.#table = table
    this.#journal = journal
    this.#setApart = journal.setApart?.bind(journal)
    this.#listeners = new Listeners(table)
    this.#mark = table.mark()
    // What was recovered is no news.
    table.takeWake()
  }

  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>> {
    if (this.#closing !== undefined) return Promise.reject(closedError())
    return new Promise<Reply<N>>((resolve, reject) => {
      this.#waiting.push({
        name,
        request,
        at,
        resolve: resolve as Call['resolve'],
        reject,
        answer: undefined,
      })
      this.#next()
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
    if (this.#turns > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    await this.#journal.close()
  }

  #next(): void {
    if (this.#current !== undefined || this.#waiting.length === 0) return
    const useReserve = this.#useReserve
    this.#useReserve = false
    this.#current = { calls: [], useReserve, start: undefined, isBroken: false, events: [] }
    this.#turns++
    void this.#take(this.#current)
  }

  async #take(turn: Turn): Promise<void> {
    // Whatever is called in this tick joins the turn.
    await Promise.resolve()
    try {
      await this.#journal.turn((append) => this.#decide(turn, append), turn.useReserve)
      this.#succeed(turn)
    } catch (error) {
      this.#fail(turn, error)
    }
    if (this.#current === turn) this.#current = undefined
    this.#next()
    if (--this.#turns === 0) this.#onIdle?.()
  }

  #succeed({ calls, events }: Turn): void {
    this.#listeners.tell(events)
    for (const call of calls) this.#answer(call)
  }

  /** Runs what waits, wakes listeners, runs what they called, until nobody has anything more to do. */
  #decide(turn: Turn, append: Append): void {
    // Whatever was decided before can no longer be taken back.
    this.#table.settle()
    turn.start = this.#table.mark()
    // Whatever throws below but a command is a mistake of ours; then the journal keeps nothing of the turn.
    turn.isBroken = true
    // What the journal caught up with is told by itself, before anything of this turn.
    this.#listeners.wake()
    for (let calls = this.#takeCalls(turn); calls.length > 0; calls = this.#takeCalls(turn)) {
      turn.calls.push(...calls)
      for (const call of calls) this.#run(call, append)
      this.#listeners.wake()
    }
    turn.isBroken = false
    turn.events = this.#table.takeEvents()
    if (this.#journal.overlaps !== true) return
    this.#current = undefined
    this.#next()
  }

  #run(call: Call, append: Append): void {
    this.#mark = this.#table.mark()
    try {
      call.answer = { reply: this.#table.run(call.name, call.request, call.at) }
    } catch (error) {
      call.answer = { error }
      return
    }
    if (!this.#table.hasChangedSince(this.#mark)) return
    const place = append(this.#encode)
    if (place !== undefined) this.#table.placed(place)
  }

  /** All that wait; with the reserve, those before the first one that brings new work. */
  #takeCalls({ useReserve }: Turn): readonly Call[] {
    const end = useReserve ? this.#waiting.findIndex(({ name }) => newWork.has(name)) : -1
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
  }

  #answer({ answer, resolve, reject }: Call): void {
    if (answer === undefined || 'error' in answer) return reject(answer?.error)
    const reply = hydrate(answer.reply, (body) => this.#journal.read(body))
    if (reply instanceof Promise) reply.then(resolve, reject)
    else resolve(reply)
  }

  #fail(turn: Turn, error: unknown): void {
    if (error instanceof Overtaken) {
      if (turn.start !== undefined) this.#table.undoTo(turn.start)
      this.#waiting.unshift(...turn.calls)
      this.#useReserve = turn.useReserve
      return
    }
    const isUndone = turn.isBroken || isCertainlyNotStored(error)
    if (isUndone && turn.start !== undefined) this.#table.undoTo(turn.start)
    // A journal may refuse a turn before it lets it decide.
    const calls = turn.start === undefined ? this.#takeCalls(turn) : turn.calls
    if (isUndone && isFull(error) && !turn.useReserve) this.#useReserveFor(calls, error)
    else for (const call of calls) call.reject(error)
  }

  /** Refuses what brings new work, and lets the rest run again. */
  #useReserveFor(calls: readonly Call[], error: unknown): void {
    const again = calls.filter((call) => !newWork.has(call.name))
    for (const call of calls) if (newWork.has(call.name)) call.reject(error)
    this.#waiting.unshift(...again)
    this.#useReserve = again.length > 0
  }
}

function isCertainlyNotStored(error: unknown): boolean {
  return error instanceof MillraceError && error.outcome === 'no'
}

function isFull(error: unknown): boolean {
  return error instanceof MillraceError && error.code === 'STORE_FULL'
}
