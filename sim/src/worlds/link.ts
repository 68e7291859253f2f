import {
  MillraceError,
  type CommandName,
  type Moment,
  type Reply,
  type Request,
  type Store,
  type StoreListener,
} from '@millrace/core'

/** What befalls a command on its way to the store, or its answer on the way back. */
export type Mishap =
  | { readonly kind: 'lostRequest' | 'lostReply' | 'duplicate' | 'full' }
  | { readonly kind: 'lateRequest' | 'lateReply'; readonly ms: number }
  /** The process dies before the answer is there. */
  | { readonly kind: 'crash' }

export interface LinkPorts {
  /** Runs when so much time has passed for the network; `0` at once. */
  readonly travel: (ms: number, act: () => void) => void
  /** Runs when the process gets to it. */
  readonly deliver: (act: () => void) => void
  /** How long a way takes; 0 means that the store is in the process itself. */
  readonly latencyMs: () => number
  readonly mishap: (name: CommandName) => Mishap | undefined
  readonly isCut: () => boolean
  readonly crash: () => void
  /** The time of the store, where it has a clock of its own. */
  readonly moment: (at: Moment) => Moment
  readonly answered: (name: CommandName, request: unknown, reply: unknown) => void
  readonly wakes: () => 'pass' | 'lost' | number
}

export const unanswered = new MillraceError('STORE_FAILED', 'no answer came', { outcome: 'unknown' })
const full = new MillraceError('STORE_FULL', 'no space is left', { outcome: 'no' })
const bringsWork: ReadonlySet<CommandName> = new Set<CommandName>(['enqueue', 'fire', 'putSchedule'])

/** The way between one process and the store. */
export class Link implements Store {
  readonly supports: Store['supports']
  readonly guarantee: Store['guarantee']
  readonly #inner: Store
  readonly #ports: LinkPorts
  readonly #closes: boolean
  readonly #wakes = new Set<NonNullable<StoreListener['wake']>>()

  constructor(
    inner: Store,
    ports: LinkPorts,
    options: { readonly sharing: boolean; readonly closes: boolean },
  ) {
    this.#inner = inner
    this.#ports = ports
    this.#closes = options.closes
    this.supports = { ...inner.supports, sharing: options.sharing }
    this.guarantee = inner.guarantee
  }

  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>> {
    const { latencyMs, mishap, travel, isCut } = this.#ports
    const fault = mishap(name)
    if (fault?.kind === 'full' && bringsWork.has(name)) return Promise.reject(full)
    const isLost = fault?.kind === 'lostRequest' || isCut()
    return new Promise<Reply<N>>((resolve, reject) => {
      const answer = (settle: () => void): void => {
        if (fault?.kind === 'crash') this.#ports.crash()
        const lateMs = fault?.kind === 'lateReply' ? fault.ms : 0
        const give = (): void => (isCut() ? reject(unanswered) : settle())
        const wayMs = latencyMs() + lateMs
        if (wayMs === 0) give()
        else travel(wayMs, () => this.#ports.deliver(give))
      }
      const ask = (): void => {
        if (isLost) return answer(() => reject(unanswered))
        if (fault?.kind === 'duplicate')
          this.#inner.run(name, request, this.#ports.moment(at)).catch(() => {})
        this.#inner.run(name, request, this.#ports.moment(at)).then(
          (reply) => {
            this.#ports.answered(name, request, reply)
            answer(() => (fault?.kind === 'lostReply' ? reject(unanswered) : resolve(reply)))
          },
          (error: unknown) => answer(() => reject(error as Error)),
        )
      }
      const wayMs = latencyMs() + (fault?.kind === 'lateRequest' ? fault.ms : 0)
      if (wayMs === 0) ask()
      else travel(wayMs, ask)
    })
  }

  subscribe(listener: StoreListener): () => void {
    const wake = listener.wake?.bind(listener)
    const events = listener.events?.bind(listener)
    let isOver = false
    const hint: typeof wake = wake && ((queues, at) => isOver || wake(queues, at))
    if (hint !== undefined) this.#wakes.add(hint)
    const end = this.#inner.subscribe({
      ...(wake !== undefined && {
        wake: (queues, at) => this.#pass(this.#ports.wakes(), () => isOver || wake(queues, at)),
      }),
      ...(events !== undefined && {
        events: (news) => this.#pass('pass', () => isOver || events(news)),
      }),
    })
    return () => {
      isOver = true
      if (hint !== undefined) this.#wakes.delete(hint)
      end()
    }
  }

  /** Another process wrote: there may be something to do. */
  hint(queues: ReadonlySet<string>, at: number): void {
    for (const wake of this.#wakes) this.#pass(this.#ports.wakes(), () => wake(queues, at))
  }

  async close(): Promise<void> {
    if (this.#closes) await this.#inner.close()
  }

  #pass(how: 'pass' | 'lost' | number, tell: () => unknown): void {
    if (how === 'lost') return
    const wayMs = this.#ports.latencyMs() + (how === 'pass' ? 0 : how)
    if (wayMs === 0) tell()
    else this.#ports.travel(wayMs, () => this.#ports.deliver(() => tell()))
  }
}
