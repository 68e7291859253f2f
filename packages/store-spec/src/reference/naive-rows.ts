import {
  holdsKeySlot,
  holdsUniqueAt,
  isTerminal,
  isUnstarted,
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

/** One put or remove: what stood there before, and what after. */
export interface Move {
  readonly before: Job | undefined
  readonly after: Job | undefined
}

/**
 * `Rows` without a single index: every question walks over all jobs. Slow, and right at a glance;
 * what a store answers is compared with what this answers.
 */
export class NaiveRows implements Rows {
  readonly #jobs = new Map<string, Job>()
  readonly #queues = new Map<string, Queue>()
  readonly #keys = new Map<string, Key>()
  readonly #schedules = new Map<string, Schedule>()
  #seq = 0
  /** What the command that runs now has done. */
  moves: Move[] = []
  events: JobEvent[] = []
  woken: Set<string> = new Set()
  /** Something may become due at another time than before. */
  hasNewTimes: boolean = false
  listening: boolean = true

  /** All jobs, in order of acceptance. */
  all(): readonly Job[] {
    return this.#where(() => true)
  }

  copy(): NaiveRows {
    const copy = new NaiveRows()
    copy.#take(this)
    return copy
  }

  /** Runs a command to its end or not at all. */
  run<R>(command: (rows: Rows) => R): R {
    const before = this.copy()
    this.#begin()
    try {
      return command(this)
    } catch (error) {
      this.#take(before)
      this.#begin()
      throw error
    }
  }

  #begin(): void {
    this.moves = []
    this.events = []
    this.woken = new Set()
    this.hasNewTimes = false
  }

  #take(other: NaiveRows): void {
    replace(this.#jobs, other.#jobs)
    replace(this.#queues, other.#queues)
    replace(this.#keys, other.#keys)
    replace(this.#schedules, other.#schedules)
    this.#seq = other.#seq
  }

  #where(condition: (job: Job) => boolean): Job[] {
    return [...this.#jobs.values()].filter(condition).sort(by((job) => job.seq))
  }

  job(id: string): Job | undefined {
    return this.#jobs.get(id)
  }

  put(job: Job): Job {
    const before = this.#jobs.get(job.id)
    this.moves.push({ before, after: job })
    this.hasNewTimes = true
    this.#jobs.set(job.id, job)
    if (job.state === 'enqueued') this.woken.add(job.queue)
    return job
  }

  remove(job: Job): void {
    this.moves.push({ before: this.#jobs.get(job.id), after: undefined })
    this.#jobs.delete(job.id)
  }

  nextSeq(): number {
    return ++this.#seq
  }

  ready(queue: string, names: readonly string[] | undefined, limit: number): readonly Job[] {
    return this.#where((job) => job.queue === queue && job.state === 'enqueued')
      .filter((job) => names === undefined || names.includes(job.name))
      .sort(by((job) => job.rank))
      .slice(0, limit)
  }

  sheddable(queue: string, order: 'oldest' | 'lowest', limit: number): readonly Job[] {
    const jobs = this.#where((job) => job.queue === queue && isUnstarted(job))
    if (order === 'lowest') jobs.sort((a, b) => a.priority - b.priority || b.seq - a.seq)
    return jobs.slice(0, limit)
  }

  due(now: Millis, limit: number): readonly Job[] {
    return this.#where((job) => (job.state === 'scheduled' || job.state === 'retrying') && job.runAt <= now)
      .sort(by((job) => job.runAt))
      .slice(0, limit)
  }

  expired(now: Millis, limit: number): readonly Job[] {
    return this.#where((job) => job.state === 'processing' && job.leaseUntil < now)
      .sort(by((job) => job.leaseUntil))
      .slice(0, limit)
  }

  overdue(now: Millis, limit: number): readonly Job[] {
    return this.#where((job) => isUnstarted(job) && deadlineOf(job) <= now)
      .sort(by(deadlineOf))
      .slice(0, limit)
  }

  heldBy(owner: string): readonly Job[] {
    return this.#where((job) => job.state === 'processing' && job.owner === owner)
  }

  holder(uniqueKey: string, now: Millis): Job | undefined {
    const holders = this.#where((job) => job.extras.unique?.key === uniqueKey && holdsUniqueAt(job, now))
    return holders.find((job) => !isTerminal(job.state)) ?? holders[0]
  }

  idempotent(key: string): Job | undefined {
    return this.#where((job) => job.extras.idempotency?.key === key).at(-1)
  }

  keySlots(queue: string, key: string): number {
    return this.#where((job) => job.queue === queue && job.extras.key === key && holdsKeySlot(job)).length
  }

  waitingKeys(queue: string): readonly string[] {
    const blocked = this.#where((job) => job.queue === queue && isBlockedOnKey(job))
    return [...new Set(blocked.map((job) => job.extras.key!))]
  }

  waiting(queue: string, key: string, limit: number): readonly Job[] {
    return this.#where((job) => job.queue === queue && job.extras.key === key && isBlockedOnKey(job)).slice(
      0,
      limit,
    )
  }

  dependents(id: string): readonly Job[] {
    return this.#where((job) => job.extras.parents?.some((parent) => parent.id === id) === true)
  }

  flow(id: string): readonly Job[] {
    return this.#where((job) => job.extras.flow?.id === id)
  }

  list({ queue, state, name, fingerprint, after = 0, limit }: ListFilter): readonly Job[] {
    return this.#where(
      (job) =>
        job.seq > after &&
        (queue ?? job.queue) === job.queue &&
        (state ?? job.state) === job.state &&
        (name ?? job.name) === job.name &&
        (fingerprint === undefined || fingerprint === job.extras.fingerprint),
    ).slice(0, limit)
  }

  ended(queue: string, state: State, limit: number): readonly Job[] {
    return this.#where((job) => job.queue === queue && job.state === state)
      .sort(by((job) => job.since))
      .slice(0, limit)
  }

  queue(name: string): Queue | undefined {
    return this.#queues.get(name)
  }

  queueNames(): readonly string[] {
    return [...new Set([...this.#queues.keys(), ...this.all().map((job) => job.queue)])].sort()
  }

  putQueue(queue: Queue): void {
    this.#queues.set(queue.name, queue)
  }

  counters(queue: string): Counters {
    return recount(this.#where((job) => job.queue === queue))
  }

  key(queue: string, key: string): Key | undefined {
    return this.#keys.get(JSON.stringify([queue, key]))
  }

  putKey(key: Key): void {
    this.#keys.set(JSON.stringify([key.queue, key.key]), key)
  }

  removeKey(key: Key): void {
    this.#keys.delete(JSON.stringify([key.queue, key.key]))
  }

  keys(queue: string): readonly Key[] {
    return [...this.#keys.values()].filter((key) => key.queue === queue)
  }

  schedule(id: string): Schedule | undefined {
    return this.#schedules.get(id)
  }

  schedules(): readonly Schedule[] {
    return [...this.#schedules.values()]
  }

  putSchedule(schedule: Schedule): void {
    this.hasNewTimes = true
    this.#schedules.set(schedule.id, schedule)
  }

  removeSchedule(id: string): void {
    this.#schedules.delete(id)
  }

  nextAt(): Millis {
    const schedules = this.schedules().filter(({ paused }) => !paused)
    return Math.min(Infinity, ...this.all().map(nextAtOf), ...schedules.map(({ nextAt }) => nextAt))
  }

  wake(queue: string): void {
    this.woken.add(queue)
  }

  emit(event: JobEvent): void {
    this.events.push(event)
  }
}

/** What a queue's counters must be, counted afresh. */
function recount(jobs: readonly Job[]): Counters {
  const count = (state: State): number => jobs.filter((job) => job.state === state).length
  return {
    scheduled: count('scheduled'),
    blocked: count('blocked'),
    enqueued: count('enqueued'),
    processing: count('processing'),
    retrying: count('retrying'),
    completed: count('completed'),
    dead: count('dead'),
    cancelled: count('cancelled'),
    expired: count('expired'),
    bytes: jobs.filter((job) => !isTerminal(job.state)).reduce((sum, job) => sum + job.bytes, 0),
  }
}

/** The earliest time at which something happens to this job if nobody touches it. */
function nextAtOf(job: Job): Millis {
  if (job.state === 'processing') return job.leaseUntil
  const deadline = isUnstarted(job) ? deadlineOf(job) : Infinity
  return job.state === 'scheduled' || job.state === 'retrying' ? Math.min(job.runAt, deadline) : deadline
}

function deadlineOf(job: Job): Millis {
  return job.extras.deadline ?? Infinity
}

function isBlockedOnKey(job: Job): boolean {
  return job.state === 'blocked' && job.extras.reason === 'key'
}

function by(measure: (job: Job) => number): (a: Job, b: Job) => number {
  return (a, b) => measure(a) - measure(b) || a.seq - b.seq
}

function replace<K, V>(map: Map<K, V>, other: ReadonlyMap<K, V>): void {
  map.clear()
  for (const [key, value] of other) map.set(key, value)
}
