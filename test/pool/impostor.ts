import { expose } from 'comlink'
import type { PlatformWorker } from '@millrace/pool'

/** Stands for a worker: answers its pool's greeting, holds the lock that says it lives, takes its calls and never begins one. */
export function impostor(answer: () => unknown = () => []): PlatformWorker {
  const { port1: ours, port2: theirs } = new MessageChannel()
  let die = (): void => {}
  const greet = ({ lock }: { readonly lock?: string }): unknown =>
    new Promise((resolve) => {
      if (lock === undefined) return resolve(answer())
      void navigator.locks.request(lock, () => {
        resolve(answer())
        return new Promise<void>((release) => (die = release))
      })
    })
  expose({ greet, run() {} }, theirs)
  ours.start()
  return {
    postMessage: (message: unknown, transferables: Transferable[] = []) =>
      ours.postMessage(message, transferables),
    addEventListener: (event, listener) => ours.addEventListener(event, listener),
    removeEventListener: (event, listener) => ours.removeEventListener(event, listener),
    terminate: () => {
      die()
      ours.close()
    },
  }
}
