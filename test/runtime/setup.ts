import type { CommandName, Reply, Request, Store } from '@millrace/core'
import {
  createRuntime,
  seededEntropy,
  VirtualClock,
  type Runtime,
  type RuntimeOptions,
} from '@millrace/runtime'
import { memoryStore } from '@millrace/store-memory'
import { onTestFinished } from 'vitest'

export interface Setup {
  readonly runtime: Runtime
  readonly clock: VirtualClock
  readonly store: FaultyStore
}

let runs = 0

/** A runtime on a virtual clock and a store in memory, closed when the test ends. */
export async function setup(
  options: Partial<RuntimeOptions> & { readonly clock?: VirtualClock; readonly store?: FaultyStore } = {},
): Promise<Setup> {
  const { clock = new VirtualClock(), store = faultyStore(await memoryStore()) } = options
  const runtime = await createRuntime({ entropy: seededEntropy(++runs), ...options, clock, store })
  // Handlers that heed nothing have their grace: an hour in some tests.
  onTestFinished(() => ended(clock, runtime.close({ drain: 0 }), 2 * 3_600_000))
  return { runtime, clock, store }
}

/** Waits for something that needs time to pass. */
export async function ended<T>(clock: VirtualClock, promise: Promise<T>, withinMs = 60_000): Promise<T> {
  promise.catch(() => {})
  await clock.advance(withinMs)
  return await promise
}

export interface FaultyStore extends Store {
  /** Commands asked for, in order. */
  readonly asked: readonly CommandName[]
  /** The next runs of the command fail: without effect, or after it, when the answer is lost. */
  fail(
    name: CommandName,
    error: unknown,
    options?: { readonly times?: number; readonly after?: boolean },
  ): void
  /** Runs of the command do not answer until the answered function is called. */
  hold(name: CommandName): () => void
  /** Subscriptions now. */
  readonly listeners: { readonly events: number; readonly wake: number }
}

export function faultyStore(
  inner: Store,
  { sharing = false }: { readonly sharing?: boolean } = {},
): FaultyStore {
  const asked: CommandName[] = []
  const faults: { name: CommandName; error: unknown; times: number; after: boolean }[] = []
  const held = new Map<CommandName, Promise<void>>()
  const listeners = { events: 0, wake: 0 }
  return {
    guarantee: inner.guarantee,
    supports: { ...inner.supports, sharing },
    asked,
    listeners,
    async run<N extends CommandName>(
      name: N,
      request: Request<N>,
      at: Parameters<Store['run']>[2],
    ): Promise<Reply<N>> {
      asked.push(name)
      const fault = faults.find((one) => one.name === name && one.times-- > 0)
      if (fault !== undefined && !fault.after) throw fault.error
      const reply = inner.run(name, request, at)
      await held.get(name)
      if (fault === undefined) return await reply
      await reply
      throw fault.error
    },
    fail: (name, error, { times = 1, after = false } = {}) => void faults.push({ name, error, times, after }),
    hold(name) {
      const answered = gate()
      held.set(name, answered.promise)
      return () => {
        held.delete(name)
        answered.resolve()
      }
    },
    subscribe(listener) {
      const kinds = (['events', 'wake'] as const).filter((kind) => listener[kind] !== undefined)
      for (const kind of kinds) listeners[kind]++
      const end = inner.subscribe(listener)
      return () => {
        for (const kind of kinds) listeners[kind]--
        end()
      }
    },
    close: () => inner.close(),
  }
}

export interface Gate<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

/** A promise and its ends, for handlers that end when the test says so. */
export function gate<T = void>(): Gate<T> {
  let resolve!: Gate<T>['resolve']
  let reject!: Gate<T>['reject']
  const promise = new Promise<T>((...ends) => ([resolve, reject] = ends))
  return { promise, resolve, reject }
}
