import { MillraceError } from '@millrace/core'
import type { PooledJob } from './attempt-pool.ts'
import { JobDefinition, type Handler, type Implementation } from './define-job.ts'
import { badArgument, checkFunction } from './options.ts'

/** The code of jobs, by their names. */
export class Handlers {
  readonly #byName = new Map<string, Implementation>()
  readonly #listeners = new Set<() => void>()
  #pooledQueues: readonly string[] = []
  /** Replaced, never changed, so that it can be handed out. */
  names: readonly string[] = []

  register<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    handler: Handler<Payload, Result>,
  ): void {
    if (!(definition instanceof JobDefinition)) throw badArgument('handle takes a job made with defineJob')
    const { name } = definition
    checkFunction(handler, `the handler of job ${name}`)
    if (this.#byName.has(name))
      throw new MillraceError(
        'UNKNOWN_JOB',
        `job ${name} has a handler already; give the second kind of job its own name`,
      )
    this.#byName.set(name, definition.implement(handler))
    this.names = [...this.#byName.keys()]
    for (const listener of this.#listeners) listener()
  }

  of(name: string): Implementation | undefined {
    return this.#byName.get(name)
  }

  /** Queues of the jobs there is code for. */
  queues(): readonly string[] {
    const queues = [...this.#byName.values()].map(({ definition }) => definition.queue)
    return [...new Set([...queues, ...this.#pooledQueues])]
  }

  /** Jobs whose code is in the workers of a pool. */
  serve(jobs: readonly PooledJob[]): void {
    this.names = jobs.map(({ name }) => name)
    this.#pooledQueues = jobs.flatMap(({ queue }) => queue ?? [])
    for (const listener of this.#listeners) listener()
  }

  /** Calls when another handler was registered. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
