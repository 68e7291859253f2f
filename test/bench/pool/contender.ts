import type { Task } from './tasks.ts'

export interface CallOptions {
  readonly transfer?: readonly ArrayBuffer[]
  /** By the contender's own documented means, if it has any. */
  readonly timeoutMs?: number
}

/** A pool under measurement. */
export interface Contender {
  /** Resolves with the answer, rejects if the pool says that there will be none. */
  run(task: Task, payload: unknown, options?: CallOptions): Promise<unknown>
  close(): Promise<unknown>
}

export type Start = (workers: number) => Contender | Promise<Contender>

export const contenders: Readonly<Record<string, () => Promise<{ readonly start: Start }>>> = {
  millrace: () => import('./millrace.ts'),
  tinypool: () => import('./tinypool.ts'),
  piscina: () => import('./piscina.ts'),
  comlink: () => import('./bare-comlink.ts'),
  postMessage: () => import('./bare-post-message.ts'),
}
