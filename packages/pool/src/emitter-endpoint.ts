import type { Endpoint } from 'comlink'

/** What Node's workers and the ports inside them have in common. */
export interface EmitterPort {
  postMessage(message: unknown, transferables?: readonly never[]): void
  on(event: string, listener: (value: unknown) => void): unknown
  off(event: string, listener: (value: unknown) => void): unknown
}

/**
 * Comlink speaks to event targets; Node's workers are event emitters. Their ports are both, but as event targets they make an
 * event of each message, and the first one loads so much of Node that a worker is ready 30 ms later.
 */
export function emitterEndpoint(port: EmitterPort): Endpoint {
  const wrapped = new Map<unknown, (data: unknown) => void>()
  return {
    postMessage: (message: unknown, transferables?: Transferable[]) =>
      port.postMessage(message, transferables as never[] | undefined),
    addEventListener(event, listener) {
      const unwrapped = (data: unknown): void => call(listener, data)
      wrapped.set(listener, unwrapped)
      port.on(event, unwrapped)
    },
    removeEventListener(event, listener) {
      const unwrapped = wrapped.get(listener)
      if (unwrapped !== undefined) port.off(event, unwrapped)
      wrapped.delete(listener)
    },
  }
}

function call(listener: EventListenerOrEventListenerObject, data: unknown): void {
  const event = { data } as MessageEvent
  if (typeof listener === 'function') listener(event)
  else listener.handleEvent(event)
}
