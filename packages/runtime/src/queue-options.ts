import { defaultQueueConfig, type Overflow, type QueueConfig, type Retention } from '@millrace/core'
import { parseBound, parseDuration, type Duration } from './duration.ts'
import { badArgument, checkInteger, checkNumber, checkOneOf, checkOptions } from './options.ts'

/** What a queue allows. Nothing is bounded unless it is said, but for what is kept of ended jobs. */
export interface QueueOptions {
  /** Unfinished jobs at most. */
  readonly maxJobs?: number
  /** Bytes of unfinished payloads at most. */
  readonly maxBytes?: number
  /** What happens to one job too many; `reject`, if not given. */
  readonly overflow?: Overflow
  /** Under `overflow: 'wait'`: how long an enqueue waits for room (30 s), and how many may wait (1,000). */
  readonly wait?: { readonly timeout?: Duration; readonly maxWaiters?: number }
  /** `priority`, if not given. */
  readonly order?: 'priority' | 'fair'
  /** The head start one point of priority gives (1 minute); `Infinity` is strict priority. */
  readonly ageing?: Duration
  /** Jobs processing at once over all workers. */
  readonly concurrency?: number
  /** At most `limit` starts per `per`. */
  readonly rate?: { readonly limit: number; readonly per: Duration }
  /** Jobs of one key at once; 1 is first in, first out per key. */
  readonly keyConcurrency?: number
  /** Weights of keys under `order: 'fair'`; a key not named weighs 1. */
  readonly keyWeights?: Readonly<Record<string, number>>
  /** Retries at most this share of fresh work, with a reserve of `burst` (10). */
  readonly retryBudget?: { readonly ratio: number; readonly burst?: number }
  /** The fill, 0 to 1, at which `saturated` is told (0.9), and the one at which `relieved` is (0.7). */
  readonly watermarks?: { readonly high: number; readonly low: number }
  /** How long and how many ended jobs are kept. */
  readonly retention?: Partial<Record<EndedState, RetentionOptions>>
}

export interface RetentionOptions {
  readonly age?: Duration
  readonly count?: number
}

type EndedState = 'completed' | 'dead' | 'cancelled' | 'expired'
const endedStates: readonly EndedState[] = ['completed', 'dead', 'cancelled', 'expired']

const known = [
  'maxJobs',
  'maxBytes',
  'overflow',
  'wait',
  'order',
  'ageing',
  'concurrency',
  'rate',
  'keyConcurrency',
  'keyWeights',
  'retryBudget',
  'watermarks',
  'retention',
]

// Counters and token buckets stay exact integers below this.
const most = 1_000_000_000_000

export function queueConfig(name: string, options: QueueOptions): QueueConfig {
  const what = `queue ${name}`
  checkOptions(options, known, what)
  const { order = 'priority', overflow = 'reject', ageing = defaultQueueConfig.ageing } = options
  return {
    maxJobs: limit(options.maxJobs, `${what}: maxJobs`),
    maxBytes: limit(options.maxBytes, `${what}: maxBytes`),
    overflow: checkOneOf(overflow, ['reject', 'wait', 'shedOldest', 'shedLowest'], `${what}: overflow`),
    order: checkOneOf(order, ['priority', 'fair'], `${what}: order`),
    ageing: parseBound(ageing, `${what}: ageing`),
    concurrency: limit(options.concurrency, `${what}: concurrency`),
    keyConcurrency: limit(options.keyConcurrency, `${what}: keyConcurrency`),
    retention: retention(options.retention ?? {}, what),
    ...rate(options, what),
    ...keyWeights(options, what),
    ...retryBudget(options, what),
    ...watermarks(options, what),
  }
}

function limit(value: number | undefined, what: string): number {
  return value === undefined || value === Infinity ? Infinity : checkInteger(value, 1, most, what)
}

function rate({ rate: options }: QueueOptions, what: string): Pick<QueueConfig, 'rate'> {
  if (options === undefined) return {}
  checkOptions(options, ['limit', 'per'], `${what}: rate`)
  return {
    rate: {
      limit: checkInteger(options.limit, 1, 1_000_000, `${what}: rate.limit`),
      perMs: parseDuration(options.per, `${what}: rate.per`, 1),
    },
  }
}

function keyWeights({ keyWeights: weights }: QueueOptions, what: string): Pick<QueueConfig, 'keyWeights'> {
  if (weights === undefined) return {}
  for (const [key, weight] of Object.entries(weights))
    checkNumber(weight, 0.001, 1_000, `${what}: keyWeights of ${key}`)
  return { keyWeights: { ...weights } }
}

function retryBudget({ retryBudget: budget }: QueueOptions, what: string): Pick<QueueConfig, 'retryBudget'> {
  if (budget === undefined) return {}
  checkOptions(budget, ['ratio', 'burst'], `${what}: retryBudget`)
  return {
    retryBudget: {
      ratio: checkNumber(budget.ratio, 0, 100, `${what}: retryBudget.ratio`),
      burst: checkNumber(budget.burst ?? 10, 1, 1_000_000, `${what}: retryBudget.burst`),
    },
  }
}

function watermarks({ watermarks: marks }: QueueOptions, what: string): Pick<QueueConfig, 'watermarks'> {
  if (marks === undefined) return {}
  checkOptions(marks, ['high', 'low'], `${what}: watermarks`)
  const high = checkNumber(marks.high, 0, 1, `${what}: watermarks.high`)
  const low = checkNumber(marks.low, 0, 1, `${what}: watermarks.low`)
  if (low >= high) throw badArgument(`${what}: watermarks.low must be below watermarks.high`)
  return { watermarks: { high, low } }
}

function retention(options: NonNullable<QueueOptions['retention']>, what: string): QueueConfig['retention'] {
  checkOptions(options, endedStates, `${what}: retention`)
  const kept = { ...defaultQueueConfig.retention }
  for (const state of endedStates)
    kept[state] = retentionOf(kept[state], options[state] ?? {}, `${what}: retention.${state}`)
  return kept
}

function retentionOf(standard: Retention, options: RetentionOptions, what: string): Retention {
  checkOptions(options, ['age', 'count'], what)
  const { age = standard.ageMs, count = standard.count } = options
  return {
    ageMs: parseBound(age, `${what}.age`),
    count: count === Infinity ? Infinity : checkInteger(count, 0, most, `${what}.count`),
  }
}

/** What an enqueue does while a queue with `overflow: 'wait'` is full. */
export interface WaitPolicy {
  readonly timeoutMs: number
  readonly maxWaiters: number
}

export function waitPolicy(name: string, options: QueueOptions): WaitPolicy | undefined {
  if (options.overflow !== 'wait') {
    if (options.wait !== undefined) throw badArgument(`queue ${name}: wait needs overflow: 'wait'`)
    return undefined
  }
  const wait = options.wait ?? {}
  checkOptions(wait, ['timeout', 'maxWaiters'], `queue ${name}: wait`)
  return {
    timeoutMs: parseDuration(wait.timeout ?? '30s', `queue ${name}: wait.timeout`),
    maxWaiters: checkInteger(wait.maxWaiters ?? 1_000, 0, 1_000_000, `queue ${name}: wait.maxWaiters`),
  }
}
