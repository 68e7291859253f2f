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
  return isObject(data) && 'millrace' in data
}

/** What the code in a worker posts by itself may look like ours: the pool's thread must not stumble over it. */
export function isSound(message: object): message is FromWorker {
  const { millrace, results, word, error } = message as Record<string, unknown>
  if (millrace === 'results') return Array.isArray(results) && results.every(isResult)
  if (millrace === 'tell') return isObject(word)
  if (millrace === 'dying') return isError(error)
  return millrace === 'ask' || millrace === 'unread'
}

export function isServed(greeted: unknown): greeted is readonly Served[] {
  return Array.isArray(greeted) && greeted.every((job) => isObject(job) && typeof job.name === 'string')
}

function isResult(result: unknown): boolean {
  return isObject(result) && Number.isFinite(result.ms) && (result.ok === true || isError(result.value))
}

function isError(value: unknown): boolean {
  return isObject(value) && typeof value.name === 'string' && typeof value.message === 'string'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
