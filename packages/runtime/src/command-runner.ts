import {
  MillraceError,
  type CommandName,
  type Millis,
  type Moment,
  type Reply,
  type Request,
  type Store,
  type TransactionClient,
} from '@millrace/core'
import type { Clock } from './clock.ts'
import type { Entropy } from './entropy.ts'

/** The one way from the runtime to its store: commands take effect in the order in which they were asked for. */
export class CommandRunner {
  readonly store: Store
  readonly clock: Clock
  readonly entropy: Entropy
  /** Called before each command, so that enqueues being collected go first. */
  before: () => void = () => {}
  #closed = false

  constructor(store: Store, clock: Clock, entropy: Entropy) {
    this.store = store
    this.clock = clock
    this.entropy = entropy
  }

  get closed(): boolean {
    return this.#closed
  }

  now(): Millis {
    return this.clock.now()
  }

  run<N extends CommandName>(name: N, request: Request<N>): Promise<Reply<N>> {
    this.before()
    return this.runNow(name, request)
  }

  /** Past what is being collected: for the collector itself, and for claims that must join the turn which woke them. */
  runNow<N extends CommandName>(name: N, request: Request<N>): Promise<Reply<N>> {
    if (this.#closed) return Promise.reject(closedError())
    try {
      return this.store.run(name, request, this.#moment())
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Inside the transaction of the user's that this client is in. */
  runIn<N extends CommandName>(client: TransactionClient, name: N, request: Request<N>): Promise<Reply<N>> {
    if (this.#closed) return Promise.reject(closedError())
    const inside = this.store.withClient?.(client)
    return inside === undefined
      ? Promise.reject(notTransactional())
      : inside.run(name, request, this.#moment())
  }

  async close(): Promise<void> {
    if (!this.#closed) this.before()
    this.#closed = true
    await this.store.close()
  }

  #moment(): Moment {
    return { now: this.clock.now(), seed: this.entropy.seed() }
  }
}

function notTransactional(): MillraceError {
  return new MillraceError(
    'NOT_SUPPORTED',
    'this store has no transactions that yours could share: leave client out, or use postgresStore',
    { outcome: 'no' },
  )
}

export function closedError(): MillraceError {
  return new MillraceError('CLOSED', 'the runtime was closed; create a new one')
}
