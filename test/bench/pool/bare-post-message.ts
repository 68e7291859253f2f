import { Worker } from 'node:worker_threads'
import type { Contender } from './contender.ts'

/** The least there is: a number, a message there and one back. */
export function start(workers: number): Contender {
  const waiting = new Map<number, (value: unknown) => void>()
  const threads = Array.from({ length: workers }, () => {
    const thread = new Worker(new URL('./bare-post-message.worker.ts', import.meta.url))
    thread.on('message', ([id, value]: [number, unknown]) => {
      waiting.get(id)!(value)
      waiting.delete(id)
    })
    // Without a listener its end would be this process's.
    thread.on('error', () => {})
    return thread
  })
  let last = 0
  return {
    run: (task, payload, { transfer } = {}) =>
      new Promise((resolve) => {
        const id = ++last
        waiting.set(id, resolve)
        threads[id % workers]!.postMessage([id, task, payload], (transfer ?? []) as never)
      }),
    close: () => Promise.all(threads.map((thread) => thread.terminate())),
  }
}
