import type { ErrorValue } from './error-value.ts'

/*
 * Between a pool and one of its workers. Greeting and calls go through comlink; results, word from handlers, aborts and answers
 * are plain messages with the number of their call, since comlink's replies would come one by one and all at the end.
 */

/** What the worker can do, called through comlink. */
export interface WorkerApi {
  greet(greeting: Greeting): Promise<readonly Served[]>
  /** Takes calls in line: one after the other, in this order. */
  run(calls: readonly WireCall[]): void
}

export interface Greeting {
  /** The marks of `cells.ts`, where memory can be shared. */
  readonly cells: SharedArrayBuffer | undefined
  /** The Web Lock to hold for life, where there are any. */
  readonly lock: string | undefined
}

/** A job the worker has code for. */
export interface Served {
  readonly name: string
  readonly queue?: string
  readonly version?: number
}

export interface WireCall {
  /** Counts up per worker; names the call's cell too. */
  readonly id: number
  readonly name: string
  readonly payload: unknown
  /** True for a runtime's attempt, whose settlement is the result; else the handler is called with the payload. */
  readonly attempt: boolean
}

export interface WireResult {
  readonly id: number
  /** Time in the handler. */
  readonly ms: number
  readonly ok: boolean
  readonly value: unknown
}

export type FromWorker =
  | { readonly millrace: 'results'; readonly results: readonly WireResult[] }
  | { readonly millrace: 'tell'; readonly call: number; readonly word: unknown }
  | { readonly millrace: 'ask'; readonly call: number; readonly question: number; readonly request: unknown }
  | { readonly millrace: 'dying'; readonly error: ErrorValue }
  /** A message came that cannot be read here. */
  | { readonly millrace: 'unread' }

export type ToWorker =
  | { readonly millrace: 'abort'; readonly call: number; readonly error: ErrorValue }
  | {
      readonly millrace: 'answer'
      readonly question: number
      readonly ok: boolean
      readonly value: unknown
    }

/** Comlink's messages and ours share one channel. */
export function isOurs(data: unknown): data is FromWorker | ToWorker {
  return typeof data === 'object' && data !== null && 'millrace' in data
}
