import type { Remote } from './implementation.ts'

/** What a handler gets that a pool was asked to run without a runtime: the same members as a runtime's context, as far as they have a meaning. */
export class CallContext {
  readonly attempt = 1
  readonly fencingToken = 0
  readonly generation = 0
  readonly #remote: Remote
  #steps: Map<string, Promise<unknown>> | undefined

  constructor(remote: Remote) {
    this.#remote = remote
  }

  get signal(): AbortSignal {
    return this.#remote.signal
  }

  progress(fraction: number): void {
    this.#remote.tell({ progress: fraction })
  }

  log(line: string): void {
    this.#remote.tell({ line: String(line) })
  }

  /** Once per call: there is no store that could remember it for another attempt. */
  once<T>(name: string, fn: () => T | PromiseLike<T>): Promise<T> {
    this.#steps ??= new Map()
    const known = this.#steps.get(name)
    if (known !== undefined) return known as Promise<T>
    const step = (async () => await fn())()
    this.#steps.set(name, step)
    step.catch(() => this.#steps!.delete(name))
    return step
  }

  /** Rejects: without a runtime there is no queue. */
  enqueue(): Promise<never> {
    return this.#remote.ask('enqueue') as Promise<never>
  }
}
