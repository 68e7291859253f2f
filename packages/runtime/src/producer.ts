import { noExtras, type EnqueueResult, type Extras, type Held, type NewJob } from '@millrace/core'
import { closedError, type CommandRunner } from './command-runner.ts'
import type { JobDefinition } from './define-job.ts'
import { Batch, type Enqueued } from './enqueue-batch.ts'
import { newJob, type ChildOptions, type EnqueueOptions } from './enqueue-options.ts'
import { badArgument } from './options.ts'
import { isThenable, validate } from './standard-schema.ts'
import type { WaitingRoom } from './waiting-room.ts'

// Long enough to cost nothing per job, short enough that one command's turn holds nobody up.
const largestBatch = 1_000

/** Takes jobs in from the user's code. */
export class Producer {
  readonly #commands: CommandRunner
  readonly #room: WaitingRoom
  readonly #payloadLimit: number
  #batch: Batch | undefined

  constructor(commands: CommandRunner, room: WaitingRoom, payloadLimit: number) {
    this.#commands = commands
    this.#room = room
    this.#payloadLimit = payloadLimit
    commands.before = this.#flush
  }

  /** One job; all that are enqueued in the same tick share a command. */
  enqueue<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    payload: Input,
    options: EnqueueOptions | undefined,
  ): Promise<Enqueued<Result>> {
    // Not an async function: this is the one path where a promise more per job is felt.
    if (isInto(options)) return this.#takeInto(definition, [payload], options).then(one<Result>)
    try {
      const checked = checkInput(definition, payload)
      if (checked === undefined) return this.#enqueueChecked(definition, payload, options)
      return Promise.resolve(checked.then(() => this.#enqueueChecked(definition, payload, options)))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** All of them or none. */
  async enqueueMany<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    payloads: readonly Input[],
    options: EnqueueOptions | undefined,
  ): Promise<readonly Enqueued<Result>[]> {
    if (!Array.isArray(payloads)) throw badArgument('enqueueMany takes an array of payloads')
    if (options?.idempotencyKey !== undefined)
      throw badArgument('an idempotencyKey is for one job: use enqueue')
    const results = isInto(options)
      ? this.#takeInto(definition, payloads, options)
      : this.#take(definition, payloads, options, this.#store)
    return (await results) as readonly Enqueued<Result>[]
  }

  /** Into a transaction of the user's. */
  async #takeInto<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    payloads: readonly Input[],
    { client, ...options }: EnqueueOptions,
  ): Promise<readonly EnqueueResult[]> {
    if (typeof client?.query !== 'function')
      throw badArgument('client must be a client of the database, with a query method')
    return await this.#take(
      definition,
      payloads,
      options,
      async (jobs) => (await this.#commands.runIn(client, 'enqueue', { jobs, atomic: true })).results,
    )
  }

  async #take<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    payloads: readonly Input[],
    options: ChildOptions | undefined,
    store: (jobs: readonly NewJob[]) => Promise<readonly EnqueueResult[]>,
  ): Promise<readonly EnqueueResult[]> {
    for (const payload of payloads) {
      const checked = checkInput(definition, payload)
      if (checked !== undefined) await checked
    }
    if (this.#commands.closed) throw closedError()
    if (payloads.length === 0) return []
    return await store(payloads.map((payload) => this.#newJob(definition, payload, options, noExtras)))
  }

  /** A child of a running attempt: stored only while its lease holds, and never refused for lack of room. */
  async enqueueBy<Payload, Result, Input>(
    by: Held,
    inherited: Extras,
    definition: JobDefinition<Payload, Result, Input>,
    payload: Input,
    options: ChildOptions | undefined,
  ): Promise<Enqueued<Result>> {
    const checked = checkInput(definition, payload)
    if (checked !== undefined) await checked
    const job = this.#newJob(definition, payload, options, inherited)
    return one((await this.#commands.run('enqueue', { jobs: [job], atomic: true, by })).results)
  }

  #enqueueChecked<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    payload: Input,
    options: ChildOptions | undefined,
  ): Promise<Enqueued<Result>> {
    if (this.#commands.closed) throw closedError()
    const job = this.#newJob(definition, payload, options, noExtras)
    if (this.#room.isWaitedFor(job.queue)) return this.#room.enter([job], false).then(one<Result>)
    return this.#collect(job) as Promise<Enqueued<Result>>
  }

  readonly #store = async (jobs: readonly NewJob[]): Promise<readonly EnqueueResult[]> => {
    if (this.#room.hasPolicy(jobs[0]!.queue)) return await this.#room.enter(jobs, true)
    return (await this.#commands.run('enqueue', { jobs, atomic: true })).results
  }

  #newJob<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    payload: Input,
    options: ChildOptions | undefined,
    inherited: Extras,
  ): NewJob {
    const { entropy, clock } = this.#commands
    return newJob(entropy.id(), definition, payload, options, inherited, clock, this.#payloadLimit)
  }

  #collect(job: NewJob): Promise<Enqueued> {
    if (this.#batch === undefined) {
      this.#batch = new Batch(this.#room)
      queueMicrotask(this.#flush)
    }
    const batch = this.#batch
    const accepted = batch.add(job)
    if (batch.size === largestBatch) this.#flush()
    return accepted
  }

  readonly #flush = (): void => {
    const batch = this.#batch
    if (batch === undefined) return
    this.#batch = undefined
    batch.send(this.#commands)
  }
}

/** A client that is undefined by mistake is refused: the job would be stored whatever becomes of the transaction. */
function isInto(options: EnqueueOptions | undefined): options is EnqueueOptions {
  return options !== undefined && 'client' in options
}

/** Nothing to wait for, unless the schema is an asynchronous one. */
export function checkInput<Payload, Result, Input>(
  definition: JobDefinition<Payload, Result, Input>,
  payload: Input,
): PromiseLike<unknown> | undefined {
  const schema = definition.options.input
  if (schema === undefined) return undefined
  const checked = validate(schema, payload, `the payload of ${definition.name}`)
  return isThenable(checked) ? checked : undefined
}

function one<Result>(results: readonly EnqueueResult[]): Enqueued<Result> {
  return results[0] as Enqueued<Result>
}
