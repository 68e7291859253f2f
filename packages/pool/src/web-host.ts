import { errorValue, type ErrorValue } from './error-value.ts'
import { poolError } from './outcome.ts'
import type { WorkerHost } from './worker-host.ts'

/** What is used of a Web Worker. */
export interface WebWorker {
  postMessage(message: unknown, transferables?: Transferable[]): void
  addEventListener(event: string, listener: EventListenerOrEventListenerObject): void
  removeEventListener(event: string, listener: EventListenerOrEventListenerObject): void
  terminate(): void
}

export function webHost(worker: WebWorker): WorkerHost {
  const lock = lockName()
  const waiting = new AbortController()
  let listener: ((error: ErrorValue) => void) | undefined
  const tell = (error: ErrorValue): void => {
    const first = listener
    listener = undefined
    waiting.abort()
    first?.(error)
  }
  return {
    endpoint: worker as WorkerHost['endpoint'],
    lock,
    watch() {
      if (lock !== undefined) tellWhenFree(lock, waiting.signal, tell)
    },
    onUnread: (hear) => worker.addEventListener('messageerror', hear),
    onDeath(heir) {
      listener = heir
      worker.addEventListener('error', (event) => tell(deathOf(event)))
    },
    async terminate() {
      listener = undefined
      waiting.abort()
      worker.terminate()
    },
    // A page keeps its workers alive, and never the other way round.
    hold() {},
    letGo() {},
    memory: () => Promise.resolve(undefined),
  }
}

/** Nothing else tells that a worker closed itself or was terminated: the browser frees its lock. Not on Node, where locks of threads are not reliable. */
function lockName(): string | undefined {
  return 'locks' in navigator ? `millrace-pool:${crypto.randomUUID()}` : undefined
}

function tellWhenFree(lock: string, signal: AbortSignal, tell: (error: ErrorValue) => void): void {
  const gone = poolError(
    'WORKER_CRASHED',
    'the worker is gone: it closed itself, was terminated or ran out of memory',
  )
  navigator.locks
    // Its last messages are on their way through another channel: they come first.
    .request(lock, { signal }, () => setTimeout(() => tell(gone), 0))
    .catch((error: unknown) => {
      if (!signal.aborted)
        tell(poolError('WORKER_CRASHED', 'the worker cannot be watched', errorValue(error)))
    })
}

function deathOf(event: Event): ErrorValue {
  event.preventDefault()
  const { error, message } = event as Partial<ErrorEvent>
  const cause = error === undefined || error === null ? undefined : errorValue(error)
  // The event of a script that cannot be loaded says nothing at all.
  const what = cause?.message ?? message ?? 'its script could not be loaded'
  return poolError('WORKER_CRASHED', `the worker died of an error: ${what}`, cause)
}
