import type { Attempt } from './attempt.ts'
import type { CommandRunner } from './command-runner.ts'
import type { AttemptServices } from './context.ts'
import type { JobDefinition } from './define-job.ts'
import type { Enqueued } from './enqueue-batch.ts'
import type { ChildOptions } from './enqueue-options.ts'
import { inherited } from './inherited.ts'
import { Notes } from './notes.ts'
import { parentResults } from './parent-results.ts'
import type { Producer } from './producer.ts'
import { Steps } from './steps.ts'

/** What running handlers ask of their worker, each under the fence of its attempt. */
export class WorkerServices implements AttemptServices {
  readonly notes: Notes
  readonly #steps: Steps
  readonly #producer: Producer
  readonly #lost: (attempt: Attempt) => void
  readonly #commands: CommandRunner

  constructor(
    commands: CommandRunner,
    producer: Producer,
    payloadLimit: number,
    lost: (attempt: Attempt) => void,
    trouble: (error: unknown) => void,
  ) {
    this.notes = new Notes(commands, lost, trouble)
    this.#steps = new Steps(commands, lost, payloadLimit)
    this.#producer = producer
    this.#lost = lost
    this.#commands = commands
  }

  /** Made when it is asked for: most handlers never do. */
  signal(attempt: Attempt): AbortSignal {
    attempt.controller ??= new AbortController()
    if (attempt.stop !== undefined) attempt.controller.abort(attempt.stop.why)
    return attempt.controller.signal
  }

  note(attempt: Attempt, progress: number | undefined, line: string | undefined): void {
    this.notes.add(attempt, progress, line)
  }

  once<T>(attempt: Attempt, name: string, fn: () => T | PromiseLike<T>): Promise<T> {
    return this.#steps.once(attempt, name, fn)
  }

  enqueue<Payload, Result, Input>(
    attempt: Attempt,
    definition: JobDefinition<Payload, Result, Input>,
    payload: Input,
    options: ChildOptions | undefined,
  ): Promise<Enqueued<Result>> {
    const { job } = attempt
    const by = { id: job.id, epoch: job.epoch }
    const child = this.#producer.enqueueBy(by, inherited(job), definition, payload, options)
    // A handler that does not wait for its child must not take the process down when its lease is lost.
    child.catch((error: unknown) => isLeaseLost(error) && this.#lost(attempt))
    return child
  }

  parentResults({ job }: Attempt): Promise<Readonly<Record<string, unknown>>> {
    return parentResults(this.#commands, job)
  }
}

function isLeaseLost(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'LEASE_LOST'
}
