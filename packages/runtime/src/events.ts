import type { JobEvent, JobEventType, QueueEventType, Store } from '@millrace/core'
import { JobView } from './job-view.ts'
import { checkFunction, checkOneOf } from './options.ts'
import { isThenable } from './standard-schema.ts'
import type { Doing } from './worker-watch.ts'

/** What listeners are given, by the type they listen to. */
export type EventMap = {
  readonly [Type in JobEventType]: JobNews<Type>
} & {
  readonly [Type in QueueEventType]: QueueNews<Type>
} & {
  /** A worker of this runtime lost a lease: the handler's signal aborted, its result is dropped. */
  readonly leaseLost: { readonly type: 'leaseLost'; readonly job: JobView }
  /** A handler did not heed its signal: its slot was given to another. */
  readonly abandoned: { readonly type: 'abandoned'; readonly job: JobView }
  /** The store or a listener failed; the runtime goes on and tries again. */
  readonly error: { readonly type: 'error'; readonly doing: Doing; readonly error: unknown }
}

export interface JobNews<Type extends JobEventType = JobEventType> {
  readonly type: Type
  readonly job: JobView
  /** More about it: the message of a failure, the outcome of a merge. */
  readonly detail?: string
}

export interface QueueNews<Type extends QueueEventType = QueueEventType> {
  readonly type: Type
  readonly queue: string
}

export type EventType = keyof EventMap
type Listener = (event: never) => unknown

const own: ReadonlySet<string> = new Set(['leaseLost', 'abandoned', 'error'])

const eventTypes: readonly EventType[] = [
  'enqueued',
  'started',
  'progress',
  'completed',
  'failed',
  'crashed',
  'retrying',
  'snoozed',
  'released',
  'dead',
  'cancelled',
  'expired',
  'shed',
  'merged',
  'redriven',
  'pruned',
  'saturated',
  'relieved',
  'paused',
  'resumed',
  'leaseLost',
  'abandoned',
  'error',
]

/** Tells listeners what happens. The store is asked to tell only while somebody listens, since that costs every job. */
export class Events {
  readonly #store: Store
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #onTrouble: () => void
  #unsubscribe: (() => void) | undefined

  constructor(store: Store, onTrouble: () => void) {
    this.#store = store
    this.#onTrouble = onTrouble
  }

  on<Type extends EventType>(type: Type, listener: (event: EventMap[Type]) => unknown): () => void {
    checkOneOf(type, eventTypes, 'the type of an event')
    checkFunction(listener, 'a listener')
    const listeners = this.#listeners.get(type) ?? new Set()
    // The same function twice is two listeners, each with its own end.
    const one: Listener = (event) => listener(event)
    this.#listeners.set(type, listeners.add(one))
    this.#subscribe()
    return () => {
      listeners.delete(one)
      if (listeners.size === 0) this.#listeners.delete(type)
      this.#subscribe()
    }
  }

  emit<Type extends EventType>(event: EventMap[Type] & { readonly type: Type }): void {
    for (const listener of this.#listeners.get(event.type) ?? []) this.#call(listener, event)
  }

  has(type: EventType): boolean {
    return this.#listeners.has(type)
  }

  /** Something failed that nobody asked for and nobody waits for. */
  trouble(doing: Doing, error: unknown): void {
    this.#onTrouble()
    this.emit({ type: 'error', doing, error })
  }

  close(): void {
    this.#listeners.clear()
    this.#subscribe()
  }

  #subscribe(): void {
    const isWanted = [...this.#listeners.keys()].some((type) => !own.has(type))
    if (isWanted) this.#unsubscribe ??= this.#store.subscribe({ events: (events) => this.#tell(events) })
    else {
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
    }
  }

  #tell(events: readonly JobEvent[]): void {
    for (const event of events) {
      const listeners = this.#listeners.get(event.type)
      if (listeners === undefined) continue
      const news = 'job' in event ? { ...event, job: new JobView(event.job) } : event
      for (const listener of listeners) this.#call(listener, news)
    }
  }

  /** A listener's mistake is told as an error event, and breaks neither the worker nor the other listeners. */
  #call(listener: Listener, event: unknown): void {
    try {
      const answer = listener(event as never)
      if (isThenable(answer)) answer.then(undefined, (error: unknown) => this.#mistake(event, error))
    } catch (error) {
      this.#mistake(event, error)
    }
  }

  #mistake(event: unknown, error: unknown): void {
    // Not told again to a listener of errors that fails itself.
    if ((event as { type: string }).type === 'error') this.#onTrouble()
    else this.trouble('listen', error)
  }
}
