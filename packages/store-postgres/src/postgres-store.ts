import {
  MillraceError,
  type CommandName,
  type JobEvent,
  type Moment,
  type Reply,
  type Request,
  type Store,
  type StoreListener,
  type TransactionClient,
} from '@millrace/core'
import { withAdvice } from './advice.ts'
import type { AnyRun } from './command-run.ts'
import { checkWritable } from './check-writable.ts'
import { Connector } from './connector.ts'
import { readGuarantee } from './guarantee.ts'
import { Lane } from './lane.ts'
import { placeOf, type Place } from './place.ts'
import { migrate } from './migrate.ts'
import { NewsRoom } from './news-room.ts'
import { QueueCache } from './queue-cache.ts'
import { Recall } from './recall.ts'
import { ServerClock } from './server-clock.ts'
import { Statements } from './statement.ts'
import type { Context } from './transaction.ts'
import { tell } from './turn.ts'
import { UsersTransaction } from './users-transaction.ts'
import { allQueues, type WakeUp } from './wake-up.ts'

// Time for what was called before; a server that is silent for longer is given up.
const closeWithinMs = 5_000

export type PostgresStoreOptions = Place & {
  /** Where the tables live; 'millrace' if not given. Created when missing. */
  readonly schema?: string
  /**
   * `server` (default): leases and due times go by the database's clock, whatever the machines' clocks say.
   * `caller`: by the moment each command brings along, for tests that move time.
   */
  readonly clock?: 'server' | 'caller'
}

/** A store that others share, and that can take part in a transaction of the user's. */
export interface PostgresStore extends Store {
  /**
   * The same store inside the transaction that this client is in: what it runs is durable when the user commits, and never
   * happened if the user rolls back. Workers are told at the commit; this store's own listeners of events are not told.
   * The transaction is one of READ COMMITTED, PostgreSQL's default; what it locks (unique keys, queues with limits) stays so
   * until it ends, so it should be short.
   */
  withClient(client: TransactionClient): Store
}

/**
 * The same jobs on PostgreSQL, for as many processes as like.
 *
 * One run is one atomic change: it is durable, as far as `guarantee` goes, when the promise resolves. An answer that was lost with
 * its connection is asked for again: a command is neither lost nor done twice.
 */
export async function postgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const store = new OpenStore(options)
  await store.open()
  return store
}

class OpenStore implements PostgresStore {
  readonly supports: Store['supports'] = { reopen: true, sharing: true, storedBodies: false }
  guarantee: Store['guarantee'] = { durability: 'none', promise: 'Not open yet.' }
  readonly #schema: string
  readonly #connector: Connector
  readonly #context: Context
  readonly #lane: Lane
  readonly #news: NewsRoom
  readonly #listeners = new Set<StoreListener>()
  /** Queues somebody here claims from: what a poll wakes. */
  readonly #claimed = new Set<string>()
  readonly #usersTransactions = new WeakMap<TransactionClient, UsersTransaction>()
  #pid = 0
  #closing: Promise<void> | undefined

  constructor(options: PostgresStoreOptions) {
    const { schema = 'millrace', clock = 'server' } = options
    if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
      throw new MillraceError(
        'BAD_ARGUMENT',
        `schema ${schema} must be 1 to 41 lower-case letters, digits or underscores`,
      )
    const place = placeOf(options)
    this.#schema = schema
    this.#connector = new Connector(place)
    this.#context = {
      sql: new Statements(schema),
      clock: new ServerClock(),
      serverTime: clock === 'server',
      foresight: { cache: new QueueCache(), recall: new Recall() },
      isListenedTo: () => [...this.#listeners].some((listener) => listener.events !== undefined),
      join: (wakeUp) => this.#join(wakeUp),
      tell: (results, events) => {
        this.#publish(events)
        for (const result of results) tell(result)
      },
    }
    this.#lane = new Lane(this.#context, this.#connector)
    this.#news = new NewsRoom(
      place,
      schema,
      (wakeUp, pid) => {
        if (pid === this.#pid) return
        this.#wake(wakeUp.queues.has(allQueues) ? { ...wakeUp, queues: this.#claimed } : wakeUp)
      },
      () => this.#wake({ queues: this.#claimed, at: Infinity }),
    )
  }

  async open(): Promise<void> {
    try {
      const link = await this.#connector.open()
      await checkWritable(link)
      await migrate(link, this.#schema)
      this.guarantee = await readGuarantee(link)
      this.#pid = link.backend.pid
      await this.#news.open()
    } catch (error) {
      await this.close()
      throw error instanceof MillraceError
        ? error
        : new MillraceError('STORE_UNUSABLE', `PostgreSQL cannot be used: ${withAdvice(error)}`, {
            cause: error,
            outcome: 'no',
          })
    }
  }

  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>> {
    if (this.#closing !== undefined) return Promise.reject(closed())
    if (name === 'claim')
      for (const { queue } of (request as Request<'claim'>).queues) this.#claimed.add(queue)
    return new Promise((resolve, reject) => {
      this.#lane.push({ name, request, at, resolve, reject } as unknown as AnyRun)
    })
  }

  subscribe(listener: StoreListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  withClient(client: TransactionClient): Store {
    const transaction = this.#transactionOf(client)
    return {
      guarantee: this.guarantee,
      supports: this.supports,
      run: (name, request, at) => {
        if (this.#closing !== undefined) return Promise.reject(closed())
        return transaction.run(name, request, at)
      },
      subscribe: (listener) => this.subscribe(listener),
      close: () => transaction.idle(),
    }
  }

  /** One for each client: commands that share a connection take turns. */
  #transactionOf(client: TransactionClient): UsersTransaction {
    let transaction = this.#usersTransactions.get(client)
    if (transaction === undefined) {
      transaction = new UsersTransaction(this.#context, client)
      this.#usersTransactions.set(client, transaction)
    }
    return transaction
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    const giveUp = setTimeout(() => this.#connector.giveUp(), closeWithinMs)
    await this.#lane.idle()
    clearTimeout(giveUp)
    await Promise.all([this.#news.close(), this.#connector.close()])
  }

  async #join(wakeUp: WakeUp): Promise<ReturnType<Lane['takeClaims']>> {
    if (wakeUp.queues.size === 0 && wakeUp.at === Infinity) return []
    this.#wake(wakeUp)
    if (wakeUp.queues.size === 0 || this.#closing !== undefined) return []
    // A worker that was woken may take a step or two before it claims.
    await Promise.resolve()
    await Promise.resolve()
    return this.#lane.takeClaims()
  }

  #wake({ queues, at }: WakeUp): void {
    for (const listener of this.#listeners) apart(() => listener.wake?.(queues, at))
  }

  #publish(events: readonly JobEvent[]): void {
    if (events.length === 0) return
    for (const listener of this.#listeners) apart(() => listener.events?.(events))
  }
}

/** A listener that throws must not be taken for a transaction that failed: its error goes where nobody's errors go. */
function apart(listen: () => void): void {
  try {
    listen()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

function closed(): MillraceError {
  return new MillraceError('CLOSED', 'the store was closed; create a new one', { outcome: 'no' })
}
