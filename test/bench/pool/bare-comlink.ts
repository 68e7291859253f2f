import { Worker } from 'node:worker_threads'
import { transfer, wrap, type Endpoint } from 'comlink'
import type { Contender } from './contender.ts'
import type * as Tasks from './tasks.ts'

type Remote = Record<keyof typeof Tasks, (payload: unknown) => Promise<unknown>>

/** As its documentation has it, workers taken in turns. */
export function start(workers: number): Contender {
  const threads = Array.from(
    { length: workers },
    () => new Worker(new URL('./bare-comlink.worker.ts', import.meta.url)),
  )
  for (const thread of threads) thread.on('error', () => {})
  const remotes = threads.map((thread) => wrap<Remote>(endpointOf(thread)) as unknown as Remote)
  let turn = 0
  return {
    run: (task, payload, { transfer: moved } = {}) =>
      remotes[turn++ % workers]![task](
        moved === undefined ? payload : transfer(payload as object, [...moved]),
      ),
    close: () => Promise.all(threads.map((thread) => thread.terminate())),
  }
}

function endpointOf(thread: Worker): Endpoint {
  return {
    postMessage: (message: unknown, moved?: Transferable[]) =>
      thread.postMessage(message, (moved ?? []) as never),
    addEventListener: (_, listener) =>
      void thread.on('message', (data: unknown) => (listener as (event: unknown) => void)({ data })),
    removeEventListener() {},
  }
}
