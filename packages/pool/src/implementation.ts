/** What `definition.implement(handler)` answers, as far as a worker needs it. */
export interface Implementation {
  readonly definition: { readonly name: string; readonly queue?: string; readonly version?: number }
  readonly handler: (payload: never, context: never) => unknown
  /** Runs a runtime's attempt and answers its settlement; never throws. */
  readonly perform?: (attempt: never, remote: Remote) => unknown
}

/** The way from a handler in a worker to whoever called it. */
export interface Remote {
  /** Aborts with an error that carries the caller's code. */
  readonly signal: AbortSignal
  /** Called with that error. */
  onAbort: ((why: Error) => void) | undefined
  tell(word: unknown): void
  ask(request: unknown): Promise<unknown>
}
