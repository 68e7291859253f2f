import type { Millis } from '@millrace/core'
import type { AttemptPool } from './attempt-pool.ts'
import { parseDuration, type Duration } from './duration.ts'
import { checkName } from './names.ts'
import { badArgument, checkInteger, checkNumber, checkOptions } from './options.ts'

export interface WorkerOptions {
  /** Queues and their weights: 4 to 2 is twice the attention while both have work. All queues this runtime knows, if not given. */
  readonly queues?: Readonly<Record<string, number>>
  /** Handlers at once; 10, if not given. */
  readonly concurrency?: number
  /** As `worker.limit` from the start: for work that must wait for something. */
  readonly limit?: number
  /** Jobs claimed ahead of free handlers; 0, if not given. */
  readonly prefetch?: number
  /** How long a silent worker keeps its jobs; 30 s, if not given. */
  readonly lease?: Duration
  /** How long a handler may go on after its signal aborted; 5 s, if not given. */
  readonly grace?: Duration
  /** Runs the handlers in its workers, which say themselves what they have code for; `workerPool()` makes one. Its size is the concurrency, and it has a grace of its own. */
  readonly pool?: AttemptPool
  /** The session that holds this worker's leases, for shells that watch over sessions; never to be used again. Drawn at random, if not given. */
  readonly owner?: string
  /** Looks for work so often; only for stores that cannot wake a worker. */
  readonly pollInterval?: Duration
}

export interface WorkerSettings {
  readonly owner: string | undefined
  readonly queues: ReadonlyMap<string, number> | undefined
  readonly concurrency: number
  readonly limit: number
  readonly prefetch: number
  readonly leaseMs: Millis
  readonly graceMs: Millis
  readonly pollMs: Millis | undefined
  readonly pool: AttemptPool | undefined
}

const poolMarginMs = 5_000

export function workerSettings(options: WorkerOptions): WorkerSettings {
  checkOptions(
    options,
    ['queues', 'concurrency', 'limit', 'prefetch', 'lease', 'grace', 'pool', 'owner', 'pollInterval'],
    'work',
  )
  const { pool } = options
  const { queues, concurrency = pool?.capacity ?? 10, prefetch = 0, lease = '30s', pollInterval } = options
  if (pool !== undefined && options.grace !== undefined) throw badArgument('work: the pool has its own grace')
  // The pool ends every attempt by itself; this is the watchdog behind it.
  const grace = options.grace ?? (pool === undefined ? '5s' : pool.graceMs + poolMarginMs)
  return {
    owner: options.owner === undefined ? undefined : checkName(options.owner, 'owner'),
    queues: queues === undefined ? undefined : checkWeights(queues),
    concurrency: checkInteger(concurrency, 1, 100_000, 'concurrency'),
    limit: checkInteger(options.limit ?? concurrency, 0, 100_000, 'limit'),
    prefetch: checkInteger(prefetch, 0, 100_000, 'prefetch'),
    leaseMs: parseDuration(lease, 'lease', 100),
    graceMs: parseDuration(grace, 'grace'),
    pollMs: pollInterval === undefined ? undefined : parseDuration(pollInterval, 'pollInterval', 1),
    pool,
  }
}

function checkWeights(queues: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const weights = Object.entries(queues)
  if (weights.length === 0) throw badArgument('work: queues names no queue')
  return new Map(
    weights.map(([queue, weight]) => [
      checkName(queue, 'the name of a queue'),
      checkNumber(weight, 0.001, 1_000, `the weight of queue ${queue}`),
    ]),
  )
}
