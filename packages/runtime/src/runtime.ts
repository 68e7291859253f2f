import type { CancelOutcome, Explanation, Guarantee, QueueCount } from '@millrace/core'
import { closedError } from './command-runner.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { Handler, JobDefinition } from './define-job.ts'
import type { EndedFilter } from './ended-jobs.ts'
import { parseBound, type Duration } from './duration.ts'
import type { Enqueued } from './enqueue-batch.ts'
import { checkJobId, type EnqueueOptions } from './enqueue-options.ts'
import type { EventMap, EventType } from './events.ts'
import type { CheckedSteps, Flow, FlowOptions, FlowStep } from './flow.ts'
import type { JobFilter, JobPage } from './inspection.ts'
import type { JobId } from './job-id.ts'
import type { JobView } from './job-view.ts'
import type { MetricsSnapshot } from './metrics.ts'
import { checkKey, checkName } from './names.ts'
import { checkOptions } from './options.ts'
import type { Payloads } from './payload-arguments.ts'
import type { Recording, RecordOptions, TraceWriter } from './recording.ts'
import type { RuntimeParts } from './runtime-parts.ts'
import type { ScheduleOptions, ScheduleRule, ScheduleView } from './schedules.ts'
import type { StopOptions, Worker } from './worker.ts'
import { workerSettings, type WorkerOptions } from './worker-options.ts'

/** Jobs go in, handlers do them, and what becomes of them can be seen and steered. */
export class Runtime {
  readonly #parts: RuntimeParts
  #closed: Promise<void> | undefined

  constructor(parts: RuntimeParts) {
    this.#parts = parts
  }

  /** Jobs that died: list, group, redrive or discard them. */
  get deadLetters(): DeadLetters {
    return this.#parts.deadLetters
  }

  /** What the store really promises. */
  get guarantee(): Guarantee {
    return this.#parts.commands.store.guarantee
  }

  /** Registers the code of a job; one per definition. */
  handle<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    handler: Handler<Payload, Result>,
  ): void {
    this.#parts.handlers.register(definition, handler)
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
    return this.#parts.producer.enqueue(definition, payload as Input, options)
  }

  /** All of them or none, in one command. */
  enqueueMany<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    payloads: readonly Input[],
    options?: EnqueueOptions,
  ): Promise<readonly Enqueued<Result>[]> {
    return this.#parts.producer.enqueueMany(definition, payloads, options)
  }

  /**
   * Stores jobs that come one after the other, all of them or none; `FLOW_INVALID` for a cycle or a step that is not there.
   * With `compensate` it is a saga. A step is never merged with another job: `unique` does not count here.
   */
  flow<Step extends string, Steps extends readonly FlowStep<Step>[]>(
    steps: readonly [...Steps] & CheckedSteps<Steps>,
    options: FlowOptions = {},
  ): Promise<Flow<Steps[number]['id']>> {
    return this.#parts.flows.enqueue(steps, options)
  }

  /** Stores a schedule; the same again changes nothing. `SCHEDULE_INVALID` if its rule is not understood or never fires. */
  schedule<Payload, Result, Input>(
    id: string,
    options: ScheduleOptions<Payload, Result, Input>,
  ): Promise<void> {
    return this.#parts.schedules.put(id, options)
  }

  /** Ends a schedule; jobs it has made stay. False if there was none of this id. */
  unschedule(id: string): Promise<boolean> {
    return this.#parts.schedules.drop(id)
  }

  schedules(): Promise<readonly ScheduleView[]> {
    return this.#parts.schedules.list()
  }

  /** The next `count` times of a rule, without storing it. */
  preview(rule: ScheduleRule, count = 10): Promise<readonly Date[]> {
    return this.#parts.schedules.preview(rule, count)
  }

  /** Starts a worker; several with different queues are fine. */
  work(options: WorkerOptions = {}): Worker {
    const settings = workerSettings(options)
    if (this.#closed !== undefined) throw closedError()
    return this.#parts.workers.start(settings)
  }

  /** What the job's handler returned; rejects with `JOB_DEAD`, `JOB_CANCELLED`, `JOB_EXPIRED`, `JOB_NOT_FOUND` or `RESULT_TIMEOUT`. */
  async result<Result = unknown>(
    id: JobId<Result>,
    options: { readonly timeout?: Duration } = {},
  ): Promise<Result> {
    checkOptions(options, ['timeout'], 'result')
    const timeoutMs = parseBound(options.timeout ?? Infinity, 'timeout')
    return (await this.#parts.results.wait(checkJobId(id), timeoutMs)) as Result
  }

  /**
   * Jobs as they end from now on, with their results, for as long as the loop goes on; any number may read. What ends in another
   * process is told where the store tells it; ask with `result` for what must not be missed. Ended jobs stay for as long as `retention` says.
   */
  ended(filter: EndedFilter = {}): AsyncIterableIterator<JobView> {
    if (this.#closed !== undefined) throw closedError()
    return this.#parts.ended.read(filter)
  }

  /** The job as it is now; undefined if there is none with this id. */
  job(id: string): Promise<JobView | undefined> {
    return this.#parts.inspection.job(id)
  }

  /** In order of acceptance, page by page. */
  jobs(filter: JobFilter = {}): Promise<JobPage> {
    return this.#parts.inspection.jobs(filter)
  }

  /** What every queue holds. */
  counts(): Promise<readonly QueueCount[]> {
    return this.#parts.inspection.counts()
  }

  /**
   * Why the job does not run, and when it may; times are milliseconds since 1970. `noHandler` speaks of this runtime's workers:
   * on a store that others share, one of theirs may have the code, so a runtime without workers says nothing about it there.
   */
  async explain(id: string): Promise<Explanation> {
    const { commands, inspection, workers } = this.#parts
    return await inspection.explain(
      id,
      workers.handled() ?? (commands.store.supports.sharing ? undefined : []),
    )
  }

  /** A waiting job ends at once; a running one is asked to stop, through its signal. */
  async cancel(id: string, options: { readonly reason?: string } = {}): Promise<CancelOutcome> {
    checkOptions(options, ['reason'], 'cancel')
    const reason = checkKey(options.reason ?? 'cancelled by the user', 'reason')
    const [outcome] = (await this.#parts.commands.run('cancel', { ids: [checkJobId(id)], reason })).outcomes
    if (outcome === 'requested') this.#parts.workers.cancelled(id, reason)
    return outcome!
  }

  /** Nothing of the queue is claimed any more; jobs are still accepted, and running ones end. */
  async pause(queue: string): Promise<void> {
    await this.#parts.commands.run('pause', { queue: checkName(queue, 'queue'), paused: true })
  }

  async resume(queue: string): Promise<void> {
    await this.#parts.commands.run('pause', { queue: checkName(queue, 'queue'), paused: false })
  }

  /** Waits until nothing unfinished is left, in any queue; `DRAIN_TIMEOUT` says what is. */
  async drain(options: { readonly timeout?: Duration } = {}): Promise<void> {
    checkOptions(options, ['timeout'], 'drain')
    const timeoutMs = parseBound(options.timeout ?? Infinity, 'timeout')
    if (this.#closed !== undefined) throw closedError()
    await this.#parts.drain.wait(timeoutMs)
  }

  /** Calls the listener with each event of the type, once it is durable; answers what ends that. */
  on<Type extends EventType>(type: Type, listener: (event: EventMap[Type]) => unknown): () => void {
    return this.#parts.events.on(type, listener)
  }

  /**
   * Writes what happens to jobs as JSON lines, from when it resolves and one piece after the other, without payloads, keys or
   * error texts: a trace, for the simulator to replay and to plan with. Costs every job while it lasts. A writer that fails
   * ends it, with an `error` event. `CLOSED` once the runtime is.
   */
  async record(write: TraceWriter, options: RecordOptions = {}): Promise<Recording> {
    if (this.#closed !== undefined) throw closedError()
    return await this.#parts.recordings.start(write, options)
  }

  /** What this runtime's workers did. */
  metrics(): MetricsSnapshot {
    return this.#parts.metrics.snapshot(this.#parts.workers.running)
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
    await this.#parts.workers.stop(options)
    this.#parts.maintenance.close()
    this.#parts.room.close()
    this.#parts.results.close()
    this.#parts.ended.close()
    this.#parts.drain.close()
    await this.#parts.recordings.close()
    await this.#parts.commands.close()
    this.#parts.events.close()
  }
}
