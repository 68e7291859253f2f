import type { CommandName, Reply, Request } from './commands.ts'
import type { JobEvent } from './events.ts'
import type { Millis } from './job.ts'
import type { Moment } from './moment.ts'

/** What a store really promises now: probed, not configured. */
export interface Guarantee {
  /** `none`: a crash loses all; `process`: survives a crash of the process; `power`: survives a power cut too. */
  readonly durability: 'none' | 'process' | 'power'
  /** The promise in words, as the documentation prints it. */
  readonly promise: string
}

/** What a store can do by its nature; the exam reads it. */
export interface Supports {
  /** Jobs outlive the store object: opened again, they are there. */
  readonly reopen: boolean
  /** Several live store objects may work on the same jobs. */
  readonly sharing: boolean
  /** Payloads may be kept apart from the rows. */
  readonly storedBodies: boolean
}

export interface StoreListener {
  /**
   * Something may be claimable in these queues now, or something becomes due at `at`.
   * Told inside the turn that caused it, so a claim run at once becomes durable together with its cause.
   */
  wake?(queues: ReadonlySet<string>, at: Millis): void
  /** What happened, once it is durable. */
  events?(events: readonly JobEvent[]): void
}

/** A connection of the user's that is inside a transaction: what a store needs of a client of pg, or of one like it. */
export interface TransactionClient {
  query(query: {
    readonly text: string
    readonly values: unknown[]
    readonly rowMode: 'array'
  }): PromiseLike<{ readonly rows: readonly (readonly unknown[])[] }>
}

/**
 * Where jobs live.
 *
 * One run is one atomic change: all of it is durable, as far as `guarantee` goes, when the promise resolves, or none of it.
 * Runs take effect in the order in which they were called. A run that rejects with `outcome: 'unknown'` may have been stored.
 */
export interface Store {
  readonly guarantee: Guarantee
  readonly supports: Supports
  /** Runs one of core's commands. Every stored body in the reply's `jobs` has been read back. */
  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>>
  /**
   * The same store inside the transaction this client is in: what it runs is durable when the user commits, and never happened if
   * the user rolls back. Missing where a store has no transactions to share.
   */
  withClient?(client: TransactionClient): Store
  /** Answers a function that ends the subscription. */
  subscribe(listener: StoreListener): () => void
  /** Settles what was called before, then lets go of everything. Safe to call twice. */
  close(): Promise<void>
}
