import { bounds, type Kind, type Millis, type OnConflict, type UniqueWhile } from '@millrace/core'
import type { HandlerContext } from './context.ts'
import { parseDuration, type Duration } from './duration.ts'
import { checkName } from './names.ts'
import { badArgument, checkFunction, checkInteger, checkOptions } from './options.ts'
import { retryPolicy, type RetryOptions } from './retry-options.ts'
import type { InputOf, OutputOf, StandardSchema } from './standard-schema.ts'

export type Handler<Payload, Result> = (
  payload: Payload,
  context: HandlerContext,
) => Result | PromiseLike<Result>

export interface UniqueOptions {
  /** One job at a time holds it, among all jobs of this name. */
  readonly key: string
  /** How long it is held: until the job starts, until it ends (if not given), or for a time from its acceptance. */
  readonly while?: 'pending' | 'unfinished' | Duration
  /** What becomes of the newcomer; `rerun`, if not given: the last trigger is never lost. */
  readonly onConflict?: OnConflict
  /** `debounce`: each trigger moves the start to now + this. */
  readonly wait?: Duration
  /** `debounce`: but never later than the first trigger + this. */
  readonly maxWait?: Duration
}

/** What a job is, but for the code that does it. */
export interface JobOptions<Input = unknown> {
  /** `default`, if not given. */
  readonly queue?: string
  readonly retry?: RetryOptions
  /** Bound of one attempt: its signal aborts, and it counts as a failure. */
  readonly timeout?: Duration
  readonly unique?: (payload: Input) => UniqueOptions | undefined
  /** For fairness and limits per key. */
  readonly key?: (payload: Input) => string | undefined
  /** -1,000 to 1,000; 0, if not given. A higher one is a head start. */
  readonly priority?: number
  /**
   * Raise it when the shape of the payload changes; 1, if not given. A worker of an older version does not run jobs of a newer one:
   * it puts them off by a minute at a time, at no cost to their attempts, and says so in their logs.
   */
  readonly version?: number
  /** Makes a payload of an earlier version one of this. */
  readonly migrate?: (payload: unknown, version: number) => unknown
  /** This job is enqueued with a {@link DeadLetter} when one of this definition dies. */
  readonly onDead?: Pick<JobDefinition<DeadLetter, unknown>, 'kind' | '~types'>
  /** Checks the payload when it is enqueued, and again before the handler gets it. */
  readonly input?: StandardSchema
  /** Checks what the handler returned. */
  readonly output?: StandardSchema
}

/** What the job named by `onDead` is given. */
export interface DeadLetter {
  readonly id: string
  readonly queue: string
  readonly name: string
  readonly reason: string
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string }
}

/** A definition and the code that does it, for workers in other threads: `serveJobs([resize.implement(fn)])`. */
export interface Implementation {
  readonly definition: JobDefinition<never, unknown, never>
  readonly handler: Handler<never, unknown>
}

const known = [
  'queue',
  'retry',
  'timeout',
  'unique',
  'key',
  'priority',
  'version',
  'migrate',
  'onDead',
  'input',
  'output',
]

/** A kind of job: name, policies and types. It has no code of its own, so a page that only enqueues bundles no handler. */
export class JobDefinition<Payload, Result, Input = Payload> {
  readonly name: string
  readonly queue: string
  readonly version: number
  readonly priority: number
  /** What every job of this definition shares. */
  readonly kind: Kind
  readonly options: JobOptions<never>
  /** True when payload or result must be checked by a schema. */
  readonly isChecked: boolean
  /** True when nothing about a job is computed from its payload. */
  readonly isBare: boolean
  /** For messages about payloads. */
  readonly payloadName: string
  declare readonly '~types'?: (payload: Payload, input: Input) => Result

  constructor(name: string, options: JobOptions<never>) {
    this.name = checkName(name, 'the name of a job')
    const what = `job ${name}`
    checkOptions(options, known, what)
    checkFunctions(options, what)
    this.queue = checkName(options.queue ?? 'default', `${what}: queue`)
    this.version = checkInteger(options.version ?? 1, 1, 1_000_000, `${what}: version`)
    this.priority = checkPriority(options.priority ?? 0, `${what}: priority`)
    this.options = Object.freeze({ ...options })
    this.isChecked = options.input !== undefined || options.output !== undefined
    this.isBare = options.unique === undefined && options.key === undefined && options.onDead === undefined
    this.payloadName = `the payload of ${name}`
    this.kind = Object.freeze({
      queue: this.queue,
      name,
      version: this.version,
      retry: retryPolicy(options.retry, what),
      timeoutMs: timeoutOf(options, what),
    })
  }

  implement(handler: Handler<Payload, Result>): Implementation {
    checkFunction(handler, `the handler of job ${this.name}`)
    return {
      definition: this as unknown as JobDefinition<never, unknown, never>,
      handler: handler as Handler<never, unknown>,
    }
  }
}

/** Defines a job by types: `defineJob<Photo, Thumb>('photo.resize', { ... })`, or by schemas: `defineJob('photo.resize', { input: photo })`. */
export function defineJob<Input extends StandardSchema, Output extends StandardSchema>(
  name: string,
  options: JobOptions<InputOf<Input>> & { readonly input: Input; readonly output: Output },
): JobDefinition<OutputOf<Input>, InputOf<Output>, InputOf<Input>>
export function defineJob<Input extends StandardSchema>(
  name: string,
  options: JobOptions<InputOf<Input>> & { readonly input: Input },
): JobDefinition<OutputOf<Input>, unknown, InputOf<Input>>
export function defineJob<Payload = unknown, Result = unknown>(
  name: string,
  options?: JobOptions<Payload>,
): JobDefinition<Payload, Result>
export function defineJob<Payload, Result, Input>(
  name: string,
  options: JobOptions<never> = {},
): JobDefinition<Payload, Result, Input> {
  return new JobDefinition(name, options)
}

export function checkPriority(value: number, what: string): number {
  return checkInteger(value, -bounds.priority, bounds.priority, what)
}

function checkFunctions(options: JobOptions<never>, what: string): void {
  for (const name of ['unique', 'key', 'migrate'] as const)
    if (options[name] !== undefined) checkFunction(options[name], `${what}: ${name}`)
  for (const name of ['input', 'output'] as const)
    if (options[name] !== undefined && options[name]['~standard']?.version !== 1)
      throw badArgument(`${what}: ${name} must be a Standard Schema, as zod, valibot and arktype make them`)
  if (options.onDead !== undefined && !(options.onDead instanceof JobDefinition))
    throw badArgument(`${what}: onDead must be a job made with defineJob`)
}

function timeoutOf({ timeout }: JobOptions<never>, what: string): Millis {
  return timeout === undefined ? 0 : parseDuration(timeout, `${what}: timeout`, 1)
}

export function uniqueWhile(value: UniqueOptions['while'], what: string): UniqueWhile {
  if (value === undefined) return 'unfinished'
  return value === 'pending' || value === 'unfinished' ? value : parseDuration(value, what, 1)
}
