import { memoryStore } from '@millrace/store-memory'
import type { Store } from '@millrace/core'
import {
  createRuntime,
  FaultStore,
  seededEntropy,
  VirtualClock,
  type Runtime,
  type RuntimeOptions,
} from '@millrace/runtime'
import { onTestFinished } from 'vitest'

export interface Setup {
  readonly runtime: Runtime
  readonly clock: VirtualClock
  readonly store: FaultStore
}

let runs = 0

/** A runtime on a virtual clock and a store in memory, closed when the test ends. */
export async function setup(
  options: Partial<RuntimeOptions> & { readonly clock?: VirtualClock; readonly store?: FaultStore } = {},
): Promise<Setup> {
  const { clock = new VirtualClock(), store = await memory() } = options
  const runtime = await createRuntime({ entropy: seededEntropy(++runs), ...options, clock, store })
  // Handlers that heed nothing have their grace: an hour in some tests.
  onTestFinished(() => ended(clock, runtime.close({ drain: 0 }), 2 * 3_600_000))
  return { runtime, clock, store }
}

export async function memory(): Promise<FaultStore> {
  return new FaultStore(await memoryStore())
}

/** As if other processes could have the same jobs. */
export function shared(store: Store): FaultStore {
  return new FaultStore(store, { sharing: true })
}

/** Waits for something that needs time to pass. */
export async function ended<T>(clock: VirtualClock, promise: Promise<T>, withinMs = 60_000): Promise<T> {
  promise.catch(() => {})
  await clock.advance(withinMs)
  return await promise
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
