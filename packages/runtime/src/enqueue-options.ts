import type { Extras, Millis, NewJob, TransactionClient, Unique } from '@millrace/core'
import type { Clock } from './clock.ts'
import { contentHash } from './content-hash.ts'
import { checkPriority, uniqueWhile, type JobDefinition, type UniqueOptions } from './define-job.ts'
import { parseDuration, type Duration } from './duration.ts'
import { checkKey, checkName } from './names.ts'
import { badArgument, checkOneOf, checkOptions, shown } from './options.ts'
import { encode, type Encoded } from './payload.ts'

export interface EnqueueOptions extends ChildOptions {
  /**
   * A client of yours inside a transaction: the job is there when you commit, and never was if you roll back. Await the call before
   * you send the client anything else. A full queue refuses at once: nothing waits for room inside a transaction. `NOT_SUPPORTED`
   * where the store is not a database.
   */
  readonly client?: TransactionClient
}

/** What a handler may say of a job that it enqueues. */
export interface ChildOptions {
  /** From now; not together with `runAt`. */
  readonly delay?: Duration
  /** A date, or milliseconds since 1970. */
  readonly runAt?: Date | number
  readonly priority?: number
  /** In place of the definition's; `false` for none. */
  readonly unique?: UniqueOptions | false
  /** In place of the definition's. */
  readonly key?: string
  /** If it has not started by then, it ends as `expired`: a date, milliseconds since 1970, or a text like '1h' from now. */
  readonly deadline?: Date | number | Exclude<Duration, number>
  /**
   * The same key and payload again answer the same job, for as long as it is kept. A request that was merged into another job
   * (see `unique`) leaves no key there, since a job answers to one request: again after that job's end it is a new one.
   */
  readonly idempotencyKey?: string
  readonly correlationId?: string
  /** W3C traceparent of the producer. */
  readonly trace?: string
}

const known = [
  'delay',
  'runAt',
  'priority',
  'unique',
  'key',
  'deadline',
  'idempotencyKey',
  'correlationId',
  'trace',
]

const unconflicted = ['keep', 'replace', 'debounce', 'throttle', 'rerun', 'reject'] as const

/** A job as the store takes it; every limit on what the user passed is checked here. */
export function newJob<Payload, Result, Input>(
  id: string,
  definition: JobDefinition<Payload, Result, Input>,
  payload: Input,
  options: ChildOptions | undefined,
  inherited: Extras,
  clock: Clock,
  payloadLimit: number,
): NewJob {
  const encoded = encode(payload, definition.payloadName, payloadLimit)
  const { queue, name, version, retry, timeoutMs } = definition.kind
  const isBare = options === undefined && definition.isBare
  const now = isBare ? 0 : clock.now()
  return {
    id,
    queue,
    name,
    version,
    payload: encoded.text,
    bytes: encoded.bytes,
    priority: isBare ? definition.priority : priorityOf(definition, options),
    runAt: isBare ? 0 : runAtOf(options, now),
    retry,
    timeoutMs,
    extras: isBare ? inherited : extrasOf(definition, payload, encoded, options, now, inherited),
  }
}

function extrasOf<Payload, Result, Input>(
  definition: JobDefinition<Payload, Result, Input>,
  payload: Input,
  encoded: Encoded,
  options: ChildOptions = {},
  now: Millis,
  inherited: Extras,
): Extras {
  const own = definition.options
  checkOptions(options, known, 'enqueue')
  const unique = uniqueOf(definition, payload, options)
  const key = options.key ?? (own.key as ((payload: Input) => string | undefined) | undefined)?.(payload)
  const { deadline, idempotencyKey, correlationId, trace } = options
  return {
    ...inherited,
    ...(key !== undefined && { key: checkKey(key, 'key') }),
    ...(unique !== undefined && { unique }),
    ...(own.onDead !== undefined && { onDead: own.onDead.kind }),
    ...(deadline !== undefined && { deadline: pointInTime(deadline, now, 'deadline') }),
    ...(idempotencyKey !== undefined && {
      idempotency: idempotencyOf(definition.name, idempotencyKey, encoded),
    }),
    ...(correlationId !== undefined && { correlationId: checkKey(correlationId, 'correlationId') }),
    ...(trace !== undefined && { trace: checkKey(trace, 'trace') }),
  }
}

function uniqueOf<Payload, Result, Input>(
  definition: JobDefinition<Payload, Result, Input>,
  payload: Input,
  options: ChildOptions,
): Unique | undefined {
  if (options.unique === false) return undefined
  const own = definition.options.unique as ((payload: Input) => UniqueOptions | undefined) | undefined
  const unique = options.unique ?? own?.(payload)
  return unique === undefined ? undefined : parseUnique(definition.name, unique)
}

/** Keys are the job's own: two kinds of job may use the same word. */
function parseUnique(name: string, unique: UniqueOptions): Unique {
  checkOptions(unique, ['key', 'while', 'onConflict', 'wait', 'maxWait'], 'unique')
  const { onConflict = 'rerun', wait, maxWait } = unique
  if ((wait !== undefined || maxWait !== undefined) !== (onConflict === 'debounce'))
    throw badArgument(`unique: onConflict 'debounce' needs wait, and nothing else takes wait or maxWait`)
  return {
    key: `${name}:${checkKey(unique.key, 'unique.key')}`,
    while: uniqueWhile(unique.while, 'unique.while'),
    onConflict: checkOneOf(onConflict, unconflicted, 'unique.onConflict'),
    ...(onConflict === 'debounce' && { waitMs: parseDuration(wait ?? Number.NaN, 'unique.wait') }),
    ...(maxWait !== undefined && { maxWaitMs: parseDuration(maxWait, 'unique.maxWait') }),
  }
}

function idempotencyOf(
  name: string,
  key: string,
  { text }: Encoded,
): { readonly key: string; readonly hash: string } {
  return { key: `${name}:${checkKey(key, 'idempotencyKey')}`, hash: contentHash(text) }
}

function priorityOf<Payload, Result, Input>(
  definition: JobDefinition<Payload, Result, Input>,
  { priority }: ChildOptions = {},
): number {
  return priority === undefined ? definition.priority : checkPriority(priority, 'priority')
}

function runAtOf({ delay, runAt }: ChildOptions = {}, now: Millis): Millis {
  if (delay !== undefined && runAt !== undefined) throw badArgument('enqueue takes delay or runAt, not both')
  if (delay !== undefined) return now + parseDuration(delay, 'delay')
  return runAt === undefined ? 0 : pointInTime(runAt, now, 'runAt')
}

// The greatest time a Date can hold.
const endOfTime = 8_640_000_000_000_000

function pointInTime(value: Date | number | Exclude<Duration, number>, now: Millis, what: string): Millis {
  if (typeof value === 'string') return now + parseDuration(value, what)
  const at = value instanceof Date ? value.getTime() : value
  if (typeof at !== 'number' || !(at >= 0 && at <= endOfTime))
    throw badArgument(`${what} must be a valid date or milliseconds since 1970; it is ${shown(value)}`)
  return Math.ceil(at)
}

export function checkJobId(id: unknown): string {
  return checkName(id, 'the id of a job')
}
