import type { Job, Millis } from '@millrace/core'

/** A job that the workers of a pool have code for. */
export interface PooledJob {
  readonly name: string
  readonly queue?: string
}

/** What a pool tells of itself. */
export interface PoolUser {
  /** A worker is ready, and this is what it has code for. */
  serves(jobs: readonly PooledJob[]): void
  /** Its workers do not start; it goes on trying. */
  trouble(error: unknown): void
}

/** Where attempts can run instead of in this thread; `workerPool()` makes one. Every attempt given to it ends, whatever becomes of its workers. */
export interface AttemptPool {
  /** The most attempts that run at once. */
  readonly capacity: number
  /** How long an aborted handler may go on before its worker is terminated. */
  readonly graceMs: Millis
  /** Starts it. Answers how to let go of it: the last user's letting go ends its workers. */
  attach(user: PoolUser): () => Promise<void>
  /** Runs `Implementation.perform` in a worker with this request. */
  perform(name: string, request: PooledRequest, listener: PooledListener): PooledAttempt
}

/** An attempt as it travels to another thread. */
export interface PooledRequest {
  readonly job: PooledFacts
  readonly payloadLimit: number
}

/** What an attempt needs to know of its job. */
export type PooledFacts = Pick<
  Job,
  'id' | 'queue' | 'name' | 'version' | 'payload' | 'attempt' | 'epoch' | 'generation' | 'runAt' | 'extras'
>

export interface PooledListener {
  /** Its handler is called now. */
  begun(): void
  /** The handler wants something of the store. */
  ask(request: unknown): Promise<unknown>
}

export interface PooledAttempt {
  readonly outcome: Promise<PooledOutcome>
  /** The handler's signal aborts; after the grace its worker is terminated. */
  abort(why: { readonly name: string; readonly message: string; readonly code: string }): void
}

export type PooledOutcome =
  /** What `perform` answered: a settlement. */
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false
      readonly error: { readonly name: string; readonly message: string; readonly code?: string }
      /** `crash`: the worker died under the handler. */
      readonly bucket: 'failure' | 'crash'
      /** False if no handler was called. */
      readonly begun: boolean
    }

/** The way back from a worker's thread, as `Implementation.perform` gets it. */
export interface Remote {
  onAbort: ((why: Error) => void) | undefined
  ask(request: unknown): Promise<unknown>
}
