import type { JobEvent } from './events.ts'
import type { Job, Millis } from './job.ts'
import type { Counters, Key, Queue } from './queue.ts'
import type { Schedule } from './schedule.ts'
import type { State } from './states.ts'

/**
 * All that a command sees of a store, and all it may do to it.
 *
 * A store runs a command to its end or not at all: if the command throws, nothing has changed.
 * Lists come best first and are snapshots: putting a job while walking one is safe.
 */
export interface Rows {
  job(id: string): Job | undefined
  /** Stores the job as new, or in place of the one with its id; answers it. */
  put(job: Job): Job
  remove(job: Job): void
  /** The next number in the order of acceptance. */
  nextSeq(): number

  /** Enqueued jobs of the queue in order of rank, then seq; only those with one of the names, if given. */
  ready(queue: string, names: readonly string[] | undefined, limit: number): readonly Job[]
  /** Jobs of the queue that never started (`isUnstarted`): by seq, or the least priority first and of equals the newest; for shedding. */
  sheddable(queue: string, order: 'oldest' | 'lowest', limit: number): readonly Job[]
  /** Scheduled and retrying jobs with `runAt <= now`, earliest first. */
  due(now: Millis, limit: number): readonly Job[]
  /** Processing jobs with `leaseUntil < now`, earliest first. */
  expired(now: Millis, limit: number): readonly Job[]
  /** Unstarted jobs with `extras.deadline <= now`, earliest first. */
  overdue(now: Millis, limit: number): readonly Job[]
  /** Processing jobs whose lease this owner holds. */
  heldBy(owner: string): readonly Job[]

  /** The job with this unique key for which `holdsUniqueAt(job, now)`; an unfinished one, if an ended one's window is open too. */
  holder(uniqueKey: string, now: Millis): Job | undefined
  /** The job accepted under an idempotency key, as long as it is kept. */
  idempotent(key: string): Job | undefined
  /** Jobs that hold a slot of this key (`holdsKeySlot`). */
  keySlots(queue: string, key: string): number
  /** Keys of the queue on which jobs are blocked. */
  waitingKeys(queue: string): readonly string[]
  /** Jobs blocked on the key, first in first out (by seq). */
  waiting(queue: string, key: string, limit: number): readonly Job[]
  /** Jobs that have this one among their parents. */
  dependents(id: string): readonly Job[]
  /** Jobs of one flow, in order of seq. */
  flow(id: string): readonly Job[]

  /** Jobs in one state, ordered by seq, after the cursor; for lists. */
  list(filter: ListFilter): readonly Job[]
  /** Terminal jobs of a queue and state in order of `since`, oldest first; for retention. */
  ended(queue: string, state: State, limit: number): readonly Job[]

  queue(name: string): Queue | undefined
  /** Names of all queues that were configured or have a job. */
  queueNames(): readonly string[]
  putQueue(queue: Queue): void
  counters(queue: string): Counters
  key(queue: string, key: string): Key | undefined
  putKey(key: Key): void
  removeKey(key: Key): void
  /** Every key row of a queue. */
  keys(queue: string): readonly Key[]
  schedule(id: string): Schedule | undefined
  schedules(): readonly Schedule[]
  putSchedule(schedule: Schedule): void
  removeSchedule(id: string): void

  /** The earliest time at which anything waits to happen: a run time, a lease, a deadline, a schedule; `Infinity` if nothing does. */
  nextAt(): Millis
  /** Tells workers that something may be claimable in the queue though no job became ready: a slot was freed, the queue was resumed. */
  wake(queue: string): void
  /** Tells whoever listens, once the command's change is durable. Costs nothing when nobody does. */
  emit(event: JobEvent): void
  /** False when nobody listens, so that a hot path need not build an event. */
  readonly listening: boolean
}

export interface ListFilter {
  readonly queue?: string
  readonly state?: State
  readonly name?: string
  readonly fingerprint?: string
  /** Only jobs with a greater seq. */
  readonly after?: number
  readonly limit: number
}
