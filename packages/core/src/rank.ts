import type { Job } from './job.ts'
import { defaultQueueConfig, type Queue } from './queue.ts'
import type { Rows } from './rows.ts'

// Strict priority is a head start no due time can make up for: 2^42 ms reach beyond the year 2100,
// and with priorities up to 1,000 the sum still is an exact integer.
const strictAgeing = 2 ** 42

type Ranked = Pick<Job, 'priority' | 'extras'>

/** The order of a job that becomes ready for the first time at `dueAt`; retries keep it. */
export function rankOf(rows: Rows, queue: Queue | undefined, job: Ranked, dueAt: number): number {
  if (queue?.config.order === 'fair') return fairRank(rows, queue, job)
  const ageing = queue?.config.ageing ?? defaultQueueConfig.ageing
  return dueAt - job.priority * Math.min(ageing, strictAgeing)
}

/**
 * Start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) with unit costs: a job's rank is its start tag,
 * max(virtual time, finish tag of its key's last job). An idle key re-enters at the present virtual time: no credit is hoarded.
 */
function fairRank(rows: Rows, queue: Queue, job: Ranked): number {
  const key = job.extras.key ?? ''
  const start = Math.max(queue.virtualTime, rows.key(queue.name, key)?.finishTag ?? 0)
  const weights = queue.config.keyWeights ?? {}
  // A key may have the name of something every object inherits.
  const weight = Object.hasOwn(weights, key) ? weights[key]! : 1
  rows.putKey({ queue: queue.name, key, finishTag: start + 1 / weight })
  return start
}

/** The order of a waiting job whose priority or run time was changed; a fair turn, once given, is kept. */
export function rerank(rows: Rows, job: Job): number {
  const queue = rows.queue(job.queue)
  return queue?.config.order === 'fair' ? job.rank : rankOf(rows, queue, job, job.runAt)
}
