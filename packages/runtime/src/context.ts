import { bounds, type Millis } from '@millrace/core'
import type { Attempt } from './attempt.ts'
import type { JobDefinition } from './define-job.ts'
import type { ChildOptions } from './enqueue-options.ts'
import { checkName } from './names.ts'
import { checkFunction, checkNumber } from './options.ts'
import type { Enqueued } from './enqueue-batch.ts'
import type { Payloads } from './payload-arguments.ts'

/** What a worker does for its handlers. */
export interface AttemptServices {
  signal(attempt: Attempt): AbortSignal
  note(attempt: Attempt, progress: number | undefined, line: string | undefined): void
  once<T>(attempt: Attempt, name: string, fn: () => T | PromiseLike<T>): Promise<T>
  enqueue<Payload, Result, Input>(
    attempt: Attempt,
    definition: JobDefinition<Payload, Result, Input>,
    payload: Input,
    options: ChildOptions | undefined,
  ): Promise<Enqueued<Result>>
  parentResults(attempt: Attempt): Promise<Readonly<Record<string, unknown>>>
}

/** What a handler knows of the attempt it is, and what it can do in its name. Everything it writes is fenced: when the lease is lost, nothing is written. */
export class HandlerContext {
  readonly #attempt: Attempt
  readonly #services: AttemptServices

  constructor(attempt: Attempt, services: AttemptServices) {
    this.#attempt = attempt
    this.#services = services
  }

  /** Aborts when the handler should stop: cancelled, out of time, lease lost, or the worker stops. Its reason says which. */
  get signal(): AbortSignal {
    return this.#services.signal(this.#attempt)
  }

  get id(): string {
    return this.#attempt.job.id
  }

  get queue(): string {
    return this.#attempt.job.queue
  }

  /** Counts from 1. */
  get attempt(): number {
    return this.#attempt.job.attempt
  }

  /** Rises with every attempt and never goes back: for conditional writes of your own. */
  get fencingToken(): number {
    return this.#attempt.job.epoch
  }

  /** How often the job was redriven from the dead letters. */
  get generation(): number {
    return this.#attempt.job.generation
  }

  /** The time a schedule named for this occurrence; else when the job was due. */
  get nominalAt(): Millis {
    return this.#attempt.job.extras.schedule?.nominalAt ?? this.#attempt.job.runAt
  }

  get correlationId(): string | undefined {
    return this.#attempt.job.extras.correlationId
  }

  /** W3C traceparent of whoever enqueued the job. */
  get trace(): string | undefined {
    return this.#attempt.job.extras.trace
  }

  /** 0 to 1; the newest counts. Written a few times per second at most. */
  progress(fraction: number): void {
    this.#services.note(this.#attempt, checkNumber(fraction, 0, 1, 'progress'), undefined)
  }

  /** One line of the job's log, which keeps the newest 100. */
  log(line: string): void {
    this.#services.note(this.#attempt, undefined, String(line).slice(0, bounds.logLine))
  }

  /** Runs `fn` and remembers what it answered: a retry gets the answer without running it again. */
  once<T>(name: string, fn: () => T | PromiseLike<T>): Promise<T> {
    checkName(name, 'the name of a step')
    checkFunction(fn, `the step ${name}`)
    return this.#services.once(this.#attempt, name, fn)
  }

  /** Enqueues a child: it remembers its parent, and is stored only while this attempt holds its lease. */
  enqueue<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    ...[payload, options]: Payloads<Input, ChildOptions>
  ): Promise<Enqueued<Result>> {
    return this.#services.enqueue(this.#attempt, definition, payload as Input, options)
  }

  /** What the jobs this one came after returned: by the names of their steps in a flow, else by their ids. Read when asked for; those that did not complete are missing. A compensation gets the step it undoes. */
  async results<Results extends object = Readonly<Record<string, unknown>>>(): Promise<Partial<Results>> {
    return (await this.#services.parentResults(this.#attempt)) as Partial<Results>
  }
}
