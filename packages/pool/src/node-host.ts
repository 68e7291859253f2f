import { errorValue, type ErrorValue } from './error-value.ts'
import { poolError } from './outcome.ts'
import type { WorkerHost } from './worker-host.ts'

/** What is used of a `Worker` of `node:worker_threads`. */
export interface NodeWorker {
  postMessage(message: unknown, transferables?: readonly never[]): void
  on(event: string, listener: (value: unknown) => void): unknown
  off(event: string, listener: (value: unknown) => void): unknown
  terminate(): Promise<unknown>
  ref(): void
  unref(): void
  /** Since Node 22.16; answers even while the worker is in a loop. */
  getHeapStatistics?(): Promise<{ readonly used_heap_size: number; readonly external_memory?: number }>
}

export function nodeHost(worker: NodeWorker): WorkerHost {
  let told = false
  return {
    endpoint: endpointOf(worker),
    lock: undefined,
    watch() {},
    onUnread: (listener) => void worker.on('messageerror', listener),
    onDeath(listener) {
      const tell = (error: ErrorValue): void => {
        if (told) return
        told = true
        listener(error)
      }
      worker.on('error', (error) => tell(deathOf(error)))
      worker.on('exit', (code) =>
        tell(poolError('WORKER_CRASHED', `the worker ended with exit code ${String(code)}`)),
      )
    },
    async terminate() {
      told = true
      await worker.terminate()
    },
    hold: () => worker.ref(),
    letGo: () => worker.unref(),
    async memory() {
      const statistics = await worker.getHeapStatistics?.().catch(() => undefined)
      return statistics && statistics.used_heap_size + (statistics.external_memory ?? 0)
    },
  }
}

function deathOf(error: unknown): ErrorValue {
  const cause = errorValue(error)
  return poolError('WORKER_CRASHED', `the worker died of ${cause.name}: ${cause.message}`, cause)
}

/** Comlink speaks to event targets; Node's workers are event emitters. */
function endpointOf(worker: NodeWorker): WorkerHost['endpoint'] {
  const wrapped = new Map<unknown, (data: unknown) => void>()
  return {
    postMessage: (message: unknown, transferables?: Transferable[]) =>
      worker.postMessage(message, transferables as never[] | undefined),
    addEventListener(event, listener) {
      const unwrapped = (data: unknown): void => call(listener, data)
      wrapped.set(listener, unwrapped)
      worker.on(event, unwrapped)
    },
    removeEventListener(event, listener) {
      const unwrapped = wrapped.get(listener)
      if (unwrapped !== undefined) worker.off(event, unwrapped)
      wrapped.delete(listener)
    },
  }
}

function call(listener: EventListenerOrEventListenerObject, data: unknown): void {
  const event = { data } as MessageEvent
  if (typeof listener === 'function') listener(event)
  else listener.handleEvent(event)
}
