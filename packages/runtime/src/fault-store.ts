import type { CommandName, Moment, Reply, Request, Store, StoreListener } from '@millrace/core'

export interface FaultOptions {
  /** So many runs of the command; 1, if not given. */
  readonly times?: number
  /** The command takes effect and only its answer is lost, as when a connection breaks. */
  readonly after?: boolean
}

interface Fault {
  readonly name: CommandName
  readonly error: unknown
  readonly after: boolean
  left: number
}

/** A store in front of another, which fails and hesitates on command: for tests. */
export class FaultStore implements Store {
  readonly supports: Store['supports']
  /** Every command it was asked to run, in order. */
  readonly asked: CommandName[] = []
  readonly #inner: Store
  readonly #faults: Fault[] = []
  readonly #held = new Map<CommandName, Promise<void>>()
  readonly #listeners = new Set<StoreListener>()

  constructor(inner: Store, options: { readonly sharing?: boolean } = {}) {
    this.#inner = inner
    this.supports = { ...inner.supports, ...options }
  }

  get guarantee(): Store['guarantee'] {
    return this.#inner.guarantee
  }

  /** Who is told of events and of work now. */
  get subscriptions(): { readonly events: number; readonly wake: number } {
    const count = (kind: 'events' | 'wake'): number =>
      [...this.#listeners].filter((listener) => listener[kind] !== undefined).length
    return { events: count('events'), wake: count('wake') }
  }

  /** The next runs of the command fail with this error. */
  fail(name: CommandName, error: unknown, { times = 1, after = false }: FaultOptions = {}): void {
    this.#faults.push({ name, error, after, left: times })
  }

  /** Runs of the command take effect but are not answered, until the function this answers is called. */
  hold(name: CommandName): () => void {
    let release!: () => void
    this.#held.set(name, new Promise((resolve) => (release = resolve)))
    return () => {
      this.#held.delete(name)
      release()
    }
  }

  async run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>> {
    this.asked.push(name)
    const fault = this.#faults.find((one) => one.name === name && one.left > 0)
    if (fault !== undefined) fault.left--
    if (fault !== undefined && !fault.after) throw fault.error
    const answer = this.#inner.run(name, request, at)
    await this.#held.get(name)
    const reply = await answer
    if (fault !== undefined) throw fault.error
    return reply
  }

  subscribe(listener: StoreListener): () => void {
    const own = { ...listener }
    this.#listeners.add(own)
    const end = this.#inner.subscribe(listener)
    return () => {
      this.#listeners.delete(own)
      end()
    }
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
