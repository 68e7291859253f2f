import {
  holdsUniqueAt,
  isTerminal,
  noCounters,
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
import type { JobTable } from './job-table.ts'
import { listSlots } from './job-list.ts'
import { mergeFirst } from './line-merge.ts'
import type { QueueIndex } from './queue-index.ts'
import { codeOf } from './row-layout.ts'
import { keyName, type TableRecords } from './table-records.ts'

const nobody: readonly Job[] = []

/** The table as commands see it. */
export class TableRows implements Rows {
  readonly #jobs: JobTable
  readonly #records: TableRecords
  #occurrence = { version: -1, at: Infinity }
  listening = false
  /** What was emitted and not told yet. */
  readonly events: JobEvent[] = []

  constructor(jobs: JobTable, records: TableRecords) {
    this.#jobs = jobs
    this.#records = records
  }

  job(id: string): Job | undefined {
    const slot = this.#jobs.find(id)
    return slot === -1 ? undefined : this.#jobs.read(slot)
  }

  put(job: Job): Job {
    this.#jobs.put(job)
    return job
  }

  remove(job: Job): void {
    this.#jobs.remove(job)
  }

  nextSeq(): number {
    return this.#records.nextSeq++
  }

  ready(queue: string, names: readonly string[] | undefined, limit: number): readonly Job[] {
    const lines = this.#home(queue)?.ready
    if (lines === undefined) return []
    const offered =
      names === undefined ? [...lines.values()] : [...new Set(names)].flatMap((name) => lines.get(name) ?? [])
    return this.#read(mergeFirst(this.#jobs.rows, offered, limit))
  }

  sheddable(queue: string, order: 'oldest' | 'lowest', limit: number): readonly Job[] {
    const home = this.#home(queue)
    if (home === undefined) return []
    const lines = this.#jobs.indexes.shedLines(home)
    return this.#read(order === 'oldest' ? lines.oldest(limit) : lines.lowest(limit))
  }

  due(now: Millis, limit: number): readonly Job[] {
    return this.#read(this.#jobs.indexes.timers.slots(limit, now))
  }

  expired(now: Millis, limit: number): readonly Job[] {
    return this.#read(this.#jobs.indexes.leases.slots(limit, now)).filter((job) => job.leaseUntil < now)
  }

  overdue(now: Millis, limit: number): readonly Job[] {
    return this.#read(this.#jobs.indexes.extras.deadlines.slots(limit, now))
  }

  heldBy(owner: string): readonly Job[] {
    return this.#read(this.#jobs.indexes.heldBy(owner))
  }

  holder(uniqueKey: string, now: Millis): Job | undefined {
    const jobs = this.#read(this.#jobs.indexes.extras.unique.members(uniqueKey))
    const holders = jobs.filter((job) => holdsUniqueAt(job, now))
    return holders.find((job) => !isTerminal(job.state)) ?? holders[0]
  }

  idempotent(key: string): Job | undefined {
    const slot = this.#jobs.indexes.extras.idempotency.newest(key)
    return slot === -1 ? undefined : this.#jobs.read(slot)
  }

  keySlots(queue: string, key: string): number {
    return this.#home(queue)?.keys.get(key)?.held ?? 0
  }

  waitingKeys(queue: string): readonly string[] {
    return this.#home(queue)?.waitingKeys() ?? []
  }

  waiting(queue: string, key: string, limit: number): readonly Job[] {
    return this.#read(this.#home(queue)?.keys.get(key)?.waiting.slots(limit) ?? [])
  }

  dependents(id: string): readonly Job[] {
    return this.#read(this.#jobs.indexes.extras.children.members(id))
  }

  flow(id: string): readonly Job[] {
    return this.#read(this.#jobs.indexes.extras.flows.members(id))
  }

  list(filter: ListFilter): readonly Job[] {
    return this.#read(listSlots(this.#jobs, filter))
  }

  ended(queue: string, state: State, limit: number): readonly Job[] {
    return this.#read(this.#home(queue)?.ended[codeOf(state)]?.slots(limit) ?? [])
  }

  queue(name: string): Queue | undefined {
    return this.#records.queues.get(name)
  }

  queueNames(): readonly string[] {
    const homes = [...this.#jobs.indexes.queues.values()].filter((home) => home.hasJobs)
    return [...new Set([...this.#records.queues.keys(), ...homes.map(({ name }) => name)])].sort()
  }

  putQueue(queue: Queue): void {
    this.#records.queues.put(queue.name, queue)
  }

  counters(queue: string): Counters {
    return this.#home(queue)?.counters() ?? noCounters
  }

  key(queue: string, key: string): Key | undefined {
    return this.#records.keys.get(keyName(queue, key))
  }

  putKey(key: Key): void {
    this.#records.keys.put(keyName(key.queue, key.key), key)
  }

  removeKey(key: Key): void {
    this.#records.keys.remove(keyName(key.queue, key.key))
  }

  keys(queue: string): readonly Key[] {
    return [...this.#records.keys.values()].filter((key) => key.queue === queue)
  }

  schedule(id: string): Schedule | undefined {
    return this.#records.schedules.get(id)
  }

  schedules(): readonly Schedule[] {
    return [...this.#records.schedules.values()]
  }

  putSchedule(schedule: Schedule): void {
    this.#records.schedules.put(schedule.id, schedule)
    this.#jobs.indexes.wakes.due()
  }

  removeSchedule(id: string): void {
    this.#records.schedules.remove(id)
  }

  nextAt(): Millis {
    return Math.min(this.#jobs.indexes.nextAt, this.#nextOccurrence())
  }

  wake(queue: string): void {
    const { indexes } = this.#jobs
    indexes.wakes.queue(indexes.queue(queue))
  }

  emit(event: JobEvent): void {
    if (this.listening) this.events.push(event)
  }

  /** Asked with every claim, so it is counted anew only when a schedule has changed. */
  #nextOccurrence(): Millis {
    const { schedules } = this.#records
    if (schedules.version === this.#occurrence.version) return this.#occurrence.at
    let at = Infinity
    for (const { paused, nextAt } of schedules.values()) if (!paused && nextAt < at) at = nextAt
    this.#occurrence = { version: schedules.version, at }
    return at
  }

  #home(queue: string): QueueIndex | undefined {
    return this.#jobs.indexes.queues.get(queue)
  }

  #read(slots: readonly number[]): readonly Job[] {
    return slots.length === 0 ? nobody : slots.map((slot) => this.#jobs.read(slot))
  }
}
