import {
  states,
  type CancelOutcome,
  type Guarantee,
  type ListFilter,
  type QueueCount,
  type State,
} from '@millrace/core'
import { systemClock } from './clock.ts'
import { closedError, CommandRunner } from './command-runner.ts'
import { DeadLetters } from './dead-letters.ts'
import type { Handler, JobDefinition } from './define-job.ts'
import { Drain } from './drain.ts'
import { parseBound, type Duration } from './duration.ts'
import type { Enqueued } from './enqueue-batch.ts'
import { checkJobId, type EnqueueOptions } from './enqueue-options.ts'
import { systemEntropy } from './entropy.ts'
import { Events, type EventMap, type EventType } from './events.ts'
import { Handlers } from './handlers.ts'
import type { JobId } from './job-id.ts'
import { JobView } from './job-view.ts'
import { Maintenance } from './maintenance.ts'
import { Metrics, type MetricsSnapshot } from './metrics.ts'
import { checkKey, checkName } from './names.ts'
import { checkInteger, checkOneOf, checkOptions } from './options.ts'
import type { Payloads } from './payload-arguments.ts'
import { Producer } from './producer.ts'
import { recover } from './recovery.ts'
import { Results } from './results.ts'
import { checkStore, runtimeSettings, type RuntimeOptions, type RuntimeSettings } from './runtime-options.ts'
import { WaitingRoom } from './waiting-room.ts'
import { Schedules, type ScheduleOptions, type ScheduleRule, type ScheduleView } from './schedules.ts'
import type { StopOptions, Worker } from './worker.ts'
import { workerSettings, type WorkerOptions } from './worker-options.ts'
import type { WorkerWatch } from './worker-watch.ts'
import { Workers } from './workers.ts'

export interface JobFilter {
  readonly queue?: string
  readonly state?: State
  readonly name?: string
  /** At most so many; 100, if not given. */
  readonly limit?: number
  /** Of the page before. */
  readonly cursor?: number
}

export interface JobPage {
  /** In order of acceptance. */
  readonly jobs: readonly JobView[]
  /** Pass it to get the next page; undefined at the end. */
  readonly cursor: number | undefined
}

/** Opens the store, and takes back at once what an earlier process left when it died. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  checkOptions(options, ['store', 'queues', 'maxPayloadBytes', 'clock', 'entropy'], 'createRuntime')
  const store = await checkStore(options.store)
  try {
    const settings = runtimeSettings(options)
    const commands = new CommandRunner(
      store,
      options.clock ?? systemClock(),
      options.entropy ?? systemEntropy(),
    )
    if (Object.keys(settings.queues).length > 0) await commands.run('configure', { queues: settings.queues })
    await recover(commands)
    return new Runtime(commands, settings)
  } catch (error) {
    // Or the caller could not open it again with the mistake mended.
    await store.close().catch(() => {})
    throw error
  }
}

/** Jobs go in, handlers do them, and what becomes of them can be seen and steered. */
export class Runtime {
  readonly deadLetters: DeadLetters
  readonly #commands: CommandRunner
  readonly #handlers = new Handlers()
  readonly #room: WaitingRoom
  readonly #producer: Producer
  readonly #events: Events
  readonly #metrics: Metrics
  readonly #results: Results
  readonly #drain: Drain
  readonly #schedules: Schedules
  readonly #workers: Workers
  readonly #maintenance: Maintenance
  #closed: Promise<void> | undefined

  constructor(commands: CommandRunner, { queues, waitPolicies, payloadLimit }: RuntimeSettings) {
    const { clock, store } = commands
    this.#commands = commands
    this.#metrics = new Metrics(clock)
    this.#events = new Events(store, () => this.#metrics.count('errors'))
    this.#room = new WaitingRoom(commands, waitPolicies)
    this.#producer = new Producer(commands, this.#room, payloadLimit)
    this.#results = new Results(commands)
    this.#drain = new Drain(commands)
    this.deadLetters = new DeadLetters(commands, payloadLimit)
    this.#workers = new Workers({
      commands,
      handlers: this.#handlers,
      producer: this.#producer,
      watch: this.#watch(),
      knownQueues: () => [...new Set([...Object.keys(queues), ...this.#handlers.queues()])],
      payloadLimit,
    })
    this.#schedules = new Schedules(commands, payloadLimit)
    this.#maintenance = new Maintenance(commands, this.#workers, this.#schedules, (doing, error) =>
      this.#events.trouble(doing, error),
    )
    this.#maintenance.start()
  }

  /** What the store really promises. */
  get guarantee(): Guarantee {
    return this.#commands.store.guarantee
  }

  /** Registers the code of a job; one per definition. */
  handle<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    handler: Handler<Payload, Result>,
  ): void {
    this.#handlers.register(definition, handler)
  }

  /** Resolves when the job is stored as durably as the store promises; a refused one rejects, with `QUEUE_FULL` and others. */
  enqueue<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    ...payloadAndOptions: Payloads<Input>
  ): Promise<Enqueued<Result>>
  enqueue<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    payload?: Input,
    options?: EnqueueOptions,
  ): Promise<Enqueued<Result>> {
    return this.#producer.enqueue(definition, payload as Input, options)
  }

  /** All of them or none, in one command. */
  enqueueMany<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    payloads: readonly Input[],
    options?: EnqueueOptions,
  ): Promise<readonly Enqueued<Result>[]> {
    return this.#producer.enqueueMany(definition, payloads, options)
  }

  /** Stores a schedule; the same again changes nothing. `SCHEDULE_INVALID` if its rule is not understood or never fires. */
  schedule<Payload, Result, Input>(
    id: string,
    options: ScheduleOptions<Payload, Result, Input>,
  ): Promise<void> {
    return this.#schedules.put(id, options)
  }

  /** Ends a schedule; jobs it has made stay. False if there was none of this id. */
  unschedule(id: string): Promise<boolean> {
    return this.#schedules.drop(id)
  }

  schedules(): Promise<readonly ScheduleView[]> {
    return this.#schedules.list()
  }

  /** The next `count` times of a rule, without storing it. */
  preview(rule: ScheduleRule, count = 10): Promise<readonly Date[]> {
    return this.#schedules.preview(rule, count)
  }

  /** Starts a worker; several with different queues are fine. */
  work(options: WorkerOptions = {}): Worker {
    const settings = workerSettings(options)
    if (this.#closed !== undefined) throw closedError()
    return this.#workers.start(settings)
  }

  /** What the job's handler returned; rejects with `JOB_DEAD`, `JOB_CANCELLED`, `JOB_EXPIRED`, `JOB_NOT_FOUND` or `RESULT_TIMEOUT`. */
  async result<Result = unknown>(
    id: JobId<Result>,
    options: { readonly timeout?: Duration } = {},
  ): Promise<Result> {
    checkOptions(options, ['timeout'], 'result')
    const timeoutMs = parseBound(options.timeout ?? Infinity, 'timeout')
    return (await this.#results.wait(checkJobId(id), timeoutMs)) as Result
  }

  /** The job as it is now; undefined if there is none with this id. */
  async job(id: string): Promise<JobView | undefined> {
    const [job] = (await this.#commands.run('findJob', { id: checkJobId(id) })).jobs
    return job === undefined ? undefined : new JobView(job)
  }

  /** In order of acceptance, page by page. */
  async jobs(filter: JobFilter = {}): Promise<JobPage> {
    const where = listFilter(filter)
    const { jobs } = await this.#commands.run('listJobs', where)
    return {
      jobs: jobs.map((job) => new JobView(job)),
      cursor: jobs.length < where.limit ? undefined : jobs.at(-1)!.seq,
    }
  }

  /** What every queue holds. */
  async counts(): Promise<readonly QueueCount[]> {
    return (await this.#commands.run('countJobs', {})).queues
  }

  /** A waiting job ends at once; a running one is asked to stop, through its signal. */
  async cancel(id: string, options: { readonly reason?: string } = {}): Promise<CancelOutcome> {
    checkOptions(options, ['reason'], 'cancel')
    const reason = checkKey(options.reason ?? 'cancelled by the user', 'reason')
    const [outcome] = (await this.#commands.run('cancel', { ids: [checkJobId(id)], reason })).outcomes
    if (outcome === 'requested') this.#workers.cancelled(id, reason)
    return outcome!
  }

  /** Nothing of the queue is claimed any more; jobs are still accepted, and running ones end. */
  async pause(queue: string): Promise<void> {
    await this.#commands.run('pause', { queue: checkName(queue, 'queue'), paused: true })
  }

  async resume(queue: string): Promise<void> {
    await this.#commands.run('pause', { queue: checkName(queue, 'queue'), paused: false })
  }

  /** Waits until nothing unfinished is left, in any queue; `DRAIN_TIMEOUT` says what is. */
  async drain(options: { readonly timeout?: Duration } = {}): Promise<void> {
    checkOptions(options, ['timeout'], 'drain')
    const timeoutMs = parseBound(options.timeout ?? Infinity, 'timeout')
    if (this.#closed !== undefined) throw closedError()
    await this.#drain.wait(timeoutMs)
  }

  /** Calls the listener with each event of the type, once it is durable; answers what ends that. */
  on<Type extends EventType>(type: Type, listener: (event: EventMap[Type]) => unknown): () => void {
    return this.#events.on(type, listener)
  }

  /** What this runtime's workers did. */
  metrics(): MetricsSnapshot {
    return this.#metrics.snapshot(this.#workers.running)
  }

  /** Stops the workers, as `worker.stop` does, and closes the store. Safe to call twice. */
  close(options: StopOptions = {}): Promise<void> {
    this.#closed ??= this.#close(options)
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(options: StopOptions): Promise<void> {
    await this.#workers.stop(options)
    this.#maintenance.close()
    this.#room.close()
    this.#results.close()
    this.#drain.close()
    await this.#commands.close()
    this.#events.close()
  }

  #watch(): WorkerWatch {
    return {
      claimed: (jobs) => this.#metrics.claimed(jobs),
      ended: (settlement, ms, now) => this.#metrics.ended(settlement, ms, now),
      leaseLost: ({ job }) => {
        this.#metrics.count('leasesLost')
        this.#events.emit({ type: 'leaseLost', job: new JobView(job) })
      },
      abandoned: ({ job }) => {
        this.#metrics.count('abandoned')
        this.#events.emit({ type: 'abandoned', job: new JobView(job) })
      },
      trouble: (doing, error) => this.#events.trouble(doing, error),
      quiet: () => this.#drain.quiet(),
      nextAt: (at) => this.#maintenance.expect(at),
    }
  }
}

function listFilter(filter: JobFilter): ListFilter {
  checkOptions(filter, ['queue', 'state', 'name', 'limit', 'cursor'], 'jobs')
  const { queue, state, name, limit = 100, cursor } = filter
  return {
    ...(queue !== undefined && { queue: checkName(queue, 'queue') }),
    ...(state !== undefined && { state: checkOneOf(state, states, 'state') }),
    ...(name !== undefined && { name: checkName(name, 'name') }),
    ...(cursor !== undefined && { after: checkInteger(cursor, 0, Number.MAX_SAFE_INTEGER, 'cursor') }),
    limit: checkInteger(limit, 1, 100_000, 'limit'),
  }
}
