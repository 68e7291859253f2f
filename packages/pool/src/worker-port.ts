import { emitterEndpoint, type EmitterPort } from './emitter-endpoint.ts'

/** A worker's own side of the channel to its pool, whatever the platform. */
export interface WorkerPort {
  postMessage(message: unknown, transferables?: Transferable[]): void
  addEventListener(event: string, listener: EventListenerOrEventListenerObject): void
  removeEventListener(event: string, listener: EventListenerOrEventListenerObject): void
  /** Calls with what will end this worker, while there is time to say a last word. */
  onDying(listener: (cause: unknown) => void): void
}

interface NodeProcess {
  getBuiltinModule?(name: 'node:worker_threads'): { readonly parentPort: EmitterPort | null }
  on(event: string, listener: (value: unknown) => void): void
}

/** Undefined outside of workers. Asked for in this way, Node's module is not looked for by bundlers. */
export function workerPort(): WorkerPort | undefined {
  const { process } = globalThis as { readonly process?: NodeProcess }
  const parent = process?.getBuiltinModule?.('node:worker_threads').parentPort
  if (process !== undefined && parent) return nodePort(parent, process)
  const scope = globalThis as unknown as WorkerPort
  return typeof scope.postMessage === 'function' && !('document' in globalThis) ? webPort(scope) : undefined
}

function nodePort(parent: EmitterPort, process: NodeProcess): WorkerPort {
  return {
    ...emitterEndpoint(parent),
    onDying(listener) {
      process.on('uncaughtExceptionMonitor', listener)
      process.on('exit', (code) =>
        listener(new Error(`process.exit(${String(code)}) was called in the worker`)),
      )
    },
  }
}

function webPort(scope: WorkerPort): WorkerPort {
  return {
    postMessage: (message, transferables) => scope.postMessage(message, transferables ?? []),
    addEventListener: (event, listener) => scope.addEventListener(event, listener),
    removeEventListener: (event, listener) => scope.removeEventListener(event, listener),
    onDying(listener) {
      scope.addEventListener('error', (event) => {
        const { error, message } = event as ErrorEvent
        listener(error ?? new Error(message))
      })
      scope.addEventListener('unhandledrejection', (event) =>
        listener((event as PromiseRejectionEvent).reason),
      )
    },
  }
}
