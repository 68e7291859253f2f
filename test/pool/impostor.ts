import { expose } from 'comlink'
import type { PlatformWorker } from '@millrace/pool'

/** Stands for a worker: answers its pool's greeting, takes its calls and never begins one. */
export function impostor(greet: () => unknown = () => []): PlatformWorker {
  const { port1: ours, port2: theirs } = new MessageChannel()
  expose({ greet, run() {} }, theirs)
  ours.start()
  return {
    postMessage: (message: unknown, transferables: Transferable[] = []) =>
      ours.postMessage(message, transferables),
    addEventListener: (event, listener) => ours.addEventListener(event, listener),
    removeEventListener: (event, listener) => ours.removeEventListener(event, listener),
    terminate: () => ours.close(),
  }
}
