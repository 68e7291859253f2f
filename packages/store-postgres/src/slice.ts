import {
  holdsUnique,
  holdsUniqueAt,
  isTerminal,
  type Counters,
  type Job,
  type JobEvent,
  type Key,
  type ListFilter,
  type Millis,
  type Queue,
  type Rows,
  type Schedule,
  type State,
} from '@millrace/core'
import { ChangedMap } from './changed-map.ts'
import { JobSet, slotOf } from './job-set.ts'
import { Loaded } from './loaded.ts'
import { nextAt } from './next-at.ts'
import { byDeadline, byLease, byRank, byRunAt, bySeq, bySince, byWorth, deadlineOf, passes } from './order.ts'
import { Unread } from './read.ts'
import { countersOf } from './tally.ts'
import { UndoLog } from './undo-log.ts'

// New jobs get their number when they are written, in the order in which they stand here: behind all others.
const provisionalSeq = 2 ** 52

/**
 * The rows one transaction works on: what it loaded, and what its commands did to that.
 * It answers only what it loaded or was told; any other read throws `Unread`.
 */
export class Slice implements Rows {
  readonly #undo = new UndoLog()
  readonly loaded: Loaded = new Loaded()
  readonly jobs: JobSet = new JobSet(this.#undo)
  readonly changedQueues: ChangedMap<Queue> = new ChangedMap(this.#undo)
  readonly changedKeys: ChangedMap<Key> = new ChangedMap(this.#undo)
  readonly changedSchedules: ChangedMap<Schedule> = new ChangedMap(this.#undo)
  readonly woken: Set<string> = new Set<string>()
  readonly events: JobEvent[] = []
  readonly listening: boolean
  #seq = provisionalSeq

  readonly #trusting: boolean

  /** A trusting slice takes ids that core made up to be new; the write fails if one is not. */
  constructor(listening: boolean, trusting: boolean) {
    this.listening = listening
    this.#trusting = trusting
  }

  /** Forgets what was done since the last `keep`. */
  undo(): void {
    this.#undo.rollBack()
  }

  keep(): void {
    this.#undo.keep()
  }

  job(id: string): Job | undefined {
    if (!this.jobs.has(id)) throw new Unread({ kind: 'job', id })
    return this.jobs.get(id)
  }

  put(job: Job): Job {
    if (!this.jobs.has(job.id)) {
      if (!this.#trusting) throw new Unread({ kind: 'job', id: job.id })
      this.jobs.takeAbsent(job.id)
    }
    this.jobs.set(job.id, job)
    return job
  }

  remove(job: Job): void {
    this.jobs.set(job.id, undefined)
  }

  nextSeq(): number {
    return this.#seq++
  }

  ready(queue: string, names: readonly string[] | undefined, limit: number): readonly Job[] {
    const jobs = this.jobs.index.group(`ready ${queue}`)
    const named = names === undefined ? jobs : jobs.filter(({ name }) => names.includes(name))
    return this.loaded.best({ kind: 'ready', queue, names, limit }, named, byRank)
  }

  sheddable(queue: string, order: 'oldest' | 'lowest', limit: number): readonly Job[] {
    const jobs = this.jobs.index.group(`unstarted ${queue}`)
    return this.loaded.best(
      { kind: 'sheddable', queue, order, limit },
      jobs,
      order === 'oldest' ? bySeq : byWorth,
    )
  }

  due(now: Millis, limit: number): readonly Job[] {
    const jobs = this.jobs.index.group('waiting for time').filter((job) => job.runAt <= now)
    return this.loaded.past({ kind: 'due', now, limit }, jobs, byRunAt)
  }

  expired(now: Millis, limit: number): readonly Job[] {
    const jobs = this.jobs.index.group('processing').filter((job) => job.leaseUntil < now)
    return this.loaded.past({ kind: 'expired', now, limit }, jobs, byLease)
  }

  overdue(now: Millis, limit: number): readonly Job[] {
    const jobs = this.jobs.index.group('deadlines').filter((job) => deadlineOf(job) <= now)
    return this.loaded.past({ kind: 'overdue', now, limit }, jobs, byDeadline)
  }

  heldBy(owner: string): readonly Job[] {
    this.loaded.mustCover({ kind: 'held', owner })
    return this.jobs.index
      .group('processing')
      .filter((job) => job.owner === owner)
      .toSorted(bySeq)
  }

  holder(key: string, now: Millis): Job | undefined {
    this.loaded.mustCover({ kind: 'unique', key })
    const holders = this.jobs.index
      .group(`unique ${key}`)
      .filter((job) => holdsUnique(job) && holdsUniqueAt(job, now))
    return holders.find(({ state }) => !isTerminal(state)) ?? holders.sort(bySeq)[0]
  }

  idempotent(key: string): Job | undefined {
    this.loaded.mustCover({ kind: 'idempotency', key })
    return this.jobs.index.group(`idempotency ${key}`)[0]
  }

  keySlots(queue: string, key: string): number {
    const cover = this.loaded.mustCover({ kind: 'slots', queue, key, limit: 1 })
    return cover.count + this.jobs.slotsTaken(slotOf(queue, key))
  }

  waiting(queue: string, key: string, limit: number): readonly Job[] {
    const jobs = this.jobs.index.group(`waiting ${queue} ${key}`)
    return this.loaded.best({ kind: 'slots', queue, key, limit }, jobs, bySeq)
  }

  waitingKeys(queue: string): readonly string[] {
    this.loaded.mustCover({ kind: 'waitingKeys', queue })
    return [...new Set(this.jobs.index.group(`waiters ${queue}`).map((job) => job.extras.key!))]
  }

  dependents(id: string): readonly Job[] {
    this.loaded.mustCover({ kind: 'dependents', id })
    return this.jobs.index.group(`dependents ${id}`).toSorted(bySeq)
  }

  flow(id: string): readonly Job[] {
    this.loaded.mustCover({ kind: 'flow', id })
    return this.jobs.index.group(`flow ${id}`).toSorted(bySeq)
  }

  list(filter: ListFilter): readonly Job[] {
    const jobs = this.jobs.all().filter((job) => passes(filter, job))
    return this.loaded.best({ kind: 'list', filter }, jobs, bySeq)
  }

  ended(queue: string, state: State, limit: number): readonly Job[] {
    const jobs = this.jobs.index.group(`ended ${queue} ${state}`)
    return this.loaded.best({ kind: 'ended', queue, state, limit }, jobs, bySince)
  }

  queue(name: string): Queue | undefined {
    if (this.changedQueues.has(name)) return this.changedQueues.get(name)
    if (!this.loaded.queues.has(name)) throw new Unread({ kind: 'queue', name })
    return this.loaded.queues.get(name)
  }

  queueNames(): readonly string[] {
    this.loaded.mustCover({ kind: 'queueNames' })
    const { queueNames } = this.loaded
    return [
      ...new Set([...queueNames, ...this.changedQueues.entries().keys(), ...this.jobs.tallies.keys()]),
    ].sort()
  }

  putQueue(queue: Queue): void {
    this.changedQueues.set(queue.name, queue)
  }

  counters(queue: string): Counters {
    const base = this.loaded.tallies.get(queue)
    if (base === undefined) throw new Unread({ kind: 'counters', queue })
    return countersOf(base, this.jobs.tallies.get(queue))
  }

  key(queue: string, key: string): Key | undefined {
    const name = slotOf(queue, key)
    if (this.changedKeys.has(name)) return this.changedKeys.get(name)
    if (!this.loaded.keys.has(name) && this.loaded.coverOf({ kind: 'keys', queue }) === undefined)
      throw new Unread({ kind: 'key', queue, key })
    return this.loaded.keys.get(name)
  }

  putKey(key: Key): void {
    this.changedKeys.set(slotOf(key.queue, key.key), key)
  }

  removeKey(key: Key): void {
    this.changedKeys.set(slotOf(key.queue, key.key), undefined)
  }

  keys(queue: string): readonly Key[] {
    this.loaded.mustCover({ kind: 'keys', queue })
    return this.changedKeys.over(this.loaded.keys).filter((key) => key.queue === queue)
  }

  schedule(id: string): Schedule | undefined {
    if (this.changedSchedules.has(id)) return this.changedSchedules.get(id)
    if (!this.loaded.schedules.has(id) && this.loaded.coverOf({ kind: 'schedules' }) === undefined)
      throw new Unread({ kind: 'schedule', id })
    return this.loaded.schedules.get(id)
  }

  schedules(): readonly Schedule[] {
    this.loaded.mustCover({ kind: 'schedules' })
    return this.changedSchedules.over(this.loaded.schedules)
  }

  putSchedule(schedule: Schedule): void {
    this.changedSchedules.set(schedule.id, schedule)
  }

  removeSchedule(id: string): void {
    this.changedSchedules.set(id, undefined)
  }

  nextAt(): Millis {
    return nextAt(this)
  }

  wake(queue: string): void {
    this.woken.add(queue)
  }

  emit(event: JobEvent): void {
    const { length } = this.events
    this.events.push(event)
    this.#undo.push(() => void this.events.splice(length))
  }
}
