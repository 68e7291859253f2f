import {
  MillraceError,
  UnreadableBody,
  type Body,
  type Job,
  type JobError,
  type Millis,
  type State,
} from '@millrace/core'
import type { JobId } from './job-id.ts'
import { decode } from './payload.ts'

/** A job as the user sees it: a snapshot, taken when it was asked for or when something happened to it. */
export class JobView {
  readonly #job: Job
  readonly id: JobId
  readonly seq: number
  readonly queue: string
  readonly name: string
  readonly version: number
  readonly state: State
  readonly priority: number
  /** When it becomes, or became, due. */
  readonly runAt: Millis
  readonly createdAt: Millis
  /** When it entered its state. */
  readonly since: Millis
  /** Attempts begun in this generation. */
  readonly attempt: number
  readonly failures: number
  readonly crashes: number
  readonly snoozes: number
  /** How often it was redriven from the dead letters. */
  readonly generation: number
  /** Bytes of the payload. */
  readonly bytes: number

  constructor(job: Job) {
    this.#job = job
    this.id = job.id
    this.seq = job.seq
    this.queue = job.queue
    this.name = job.name
    this.version = job.version
    this.state = job.state
    this.priority = job.priority
    this.runAt = job.runAt
    this.createdAt = job.createdAt
    this.since = job.since
    this.attempt = job.attempt
    this.failures = job.failures
    this.crashes = job.crashes
    this.snoozes = job.snoozes
    this.generation = job.generation
    this.bytes = job.bytes
  }

  /** Of a job that came with an event, a payload the store keeps apart cannot be had: ask for the job by its id. */
  get payload(): unknown {
    return readBody(this.#job, this.#job.payload)
  }

  get result(): unknown {
    return readBody(this.#job, this.#job.extras.result)
  }

  /** Why it is dead, or what it is blocked by. */
  get reason(): string | undefined {
    return this.#job.extras.reason
  }

  /** The newest of its errors. */
  get error(): JobError | undefined {
    return this.#job.extras.errors?.at(-1)
  }

  /** Its errors, oldest first; only the newest are kept. */
  get errors(): readonly JobError[] {
    return this.#job.extras.errors ?? []
  }

  get log(): readonly string[] {
    return this.#job.extras.log ?? []
  }

  /** 0 to 1, as the handler told it. */
  get progress(): number | undefined {
    return this.#job.extras.progress
  }

  get key(): string | undefined {
    return this.#job.extras.key
  }

  get deadline(): Millis | undefined {
    return this.#job.extras.deadline
  }

  get fingerprint(): string | undefined {
    return this.#job.extras.fingerprint
  }

  get correlationId(): string | undefined {
    return this.#job.extras.correlationId
  }

  /** The job whose handler enqueued this one. */
  get causationId(): string | undefined {
    return this.#job.extras.causationId
  }

  /** True when its handler was asked to stop. */
  get cancelRequested(): boolean {
    return this.#job.extras.cancel !== undefined
  }

  /** As plain data, for a person or a log. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { payload: _payload, extras, retry: _retry, ...plain } = this.#job
    const { result: _result, steps: _steps, ...more } = extras
    return {
      ...plain,
      ...more,
      payload: textOrUndefined(this.#job.payload),
      result: textOrUndefined(extras.result),
    }
  }
}

function readBody(job: Job, body: Body | undefined): unknown {
  if (body === undefined) return undefined
  if (typeof body === 'string') return decode(body)
  if (body instanceof UnreadableBody) throw body.error
  throw new MillraceError(
    'NOT_SUPPORTED',
    `the payload of job ${job.id} is not at hand; ask for it with runtime.job(id)`,
    {
      jobId: job.id,
    },
  )
}

function textOrUndefined(body: Body | undefined): unknown {
  return typeof body === 'string' ? decode(body) : undefined
}
