import { emitterEndpoint, type EmitterPort } from './emitter-endpoint.ts'
import { errorValue, type ErrorValue } from './error-value.ts'
import { poolError } from './outcome.ts'
import type { WorkerHost } from './worker-host.ts'

/** What is used of a `Worker` of `node:worker_threads`. */
export interface NodeWorker extends EmitterPort {
  terminate(): Promise<unknown>
  ref(): void
  unref(): void
  /** Since Node 22.16; answers even while the worker is in a loop. */
  getHeapStatistics?(): Promise<{ readonly used_heap_size: number; readonly external_memory?: number }>
}

export function nodeHost(worker: NodeWorker): WorkerHost {
  let told = false
  return {
    endpoint: emitterEndpoint(worker),
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
