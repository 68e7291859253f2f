import {
  assert,
  isUnstarted,
  noExtras,
  type Counters,
  type Job,
  type JobEvent,
  type Key,
  type Millis,
  type Queue,
  type Rows,
  type Schedule,
  type State,
} from '@millrace/core'
import { Home, LiveJob } from './live-job.ts'
import { OrderedLine } from './ordered-line.ts'
import type { Spot } from './spot.ts'

const nobody: readonly Job[] = []

/**
 * The simulator's own view for core's commands: live jobs as plain objects, in memory, with nothing to undo and nothing
 * for a journal. The memory table answers the same (a test runs both and compares every event) at a fifth of the speed.
 * What no scenario has (unique and idempotency keys, schedules, limits by key) it refuses to store.
 */
export class LiveRows implements Rows {
  listening = false
  readonly events: JobEvent[] = []
  /** By id, which the simulator makes a number: an array finds it with fewer looks into memory than a map of text. */
  readonly #lives: LiveJob[] = []
  readonly #homes = new Map<string, Home>()
  readonly #keys = new Map<string, Key>()
  readonly #timers = new OrderedLine()
  readonly #leases = new OrderedLine()
  readonly #deadlines = new OrderedLine()
  readonly #flows = new Map<string, Set<LiveJob>>()
  #lastHome = new Home('')
  #lastLive = new LiveJob()
  #nextSeq = 1

  job(id: string): Job | undefined {
    const live = this.#lives[Number(id)]
    if (live === undefined) return undefined
    this.#lastLive = live
    return live.job
  }

  put(job: Job): Job {
    const live = this.#live(job) ?? this.#born(job)
    if (live.job !== undefined) this.#leave(live, live.job)
    live.job = job
    if (live.home?.name !== job.queue) live.home = this.#home(job.queue)
    this.#enter(live, live.home, job)
    return job
  }

  remove(job: Job): void {
    const live = this.#live(job)!
    this.#leave(live, live.job!)
    live.job = undefined
  }

  nextSeq(): number {
    return this.#nextSeq++
  }

  ready(queue: string, names: readonly string[] | undefined, limit: number): readonly Job[] {
    assert(names === undefined, 'a simulated worker handles every job')
    const { ready } = this.#home(queue)
    if (limit !== 1) return jobsOf(ready.list(limit))
    const { first } = ready
    if (first === undefined) return nobody
    this.#lastLive = first.live
    return [first.live.job!]
  }

  sheddable(queue: string, _order: 'oldest' | 'lowest', limit: number): readonly Job[] {
    return jobsOf(this.#home(queue).shed.list(limit))
  }

  due(now: Millis, limit: number): readonly Job[] {
    return this.#timers.firstKey > now ? nobody : jobsOf(this.#timers.list(limit, now))
  }

  expired(now: Millis, limit: number): readonly Job[] {
    return jobsOf(this.#leases.list(limit, now)).filter((job) => job.leaseUntil < now)
  }

  overdue(now: Millis, limit: number): readonly Job[] {
    return this.#deadlines.firstKey > now ? nobody : jobsOf(this.#deadlines.list(limit, now))
  }

  heldBy(owner: string): readonly Job[] {
    return jobsOf(this.#leases.list(Infinity))
      .filter((job) => job.owner === owner)
      .sort((a, b) => a.seq - b.seq)
  }

  holder(): undefined {
    return undefined
  }

  idempotent(): undefined {
    return undefined
  }

  keySlots(): number {
    return 0
  }

  waitingKeys(): readonly string[] {
    return []
  }

  waiting(): readonly Job[] {
    return nobody
  }

  dependents(id: string): readonly Job[] {
    if (this.#flows.size === 0) return nobody
    const flow = this.job(id)?.extras.flow?.id
    return flow === undefined
      ? nobody
      : this.flow(flow).filter((job) => job.extras.parents?.some((parent) => parent.id === id))
  }

  flow(id: string): readonly Job[] {
    const jobs = [...(this.#flows.get(id) ?? [])].map((live) => live.job!)
    return jobs.sort((a, b) => a.seq - b.seq)
  }

  list(): readonly Job[] {
    throw new Error('simulated jobs are not listed')
  }

  ended(queue: string, state: State, limit: number): readonly Job[] {
    const { ended } = this.#home(queue)
    if (state === 'completed') return firstJobs(ended.completed, limit)
    return state in ended ? firstJobs(ended[state as keyof typeof ended], limit) : nobody
  }

  queue(name: string): Queue | undefined {
    return this.#home(name).queue
  }

  queueNames(): readonly string[] {
    return [...this.#homes.keys()].sort()
  }

  putQueue(queue: Queue): void {
    assert(queue.config.keyConcurrency === Infinity, 'no scenario limits jobs by key')
    const home = this.#home(queue.name)
    home.queue = queue
    const { overflow } = queue.config
    home.sheds = overflow === 'shedOldest' ? 'oldest' : overflow === 'shedLowest' ? 'lowest' : undefined
  }

  counters(queue: string): Counters {
    return this.#home(queue).counters
  }

  key(queue: string, key: string): Key | undefined {
    return this.#keys.get(`${queue} ${key}`)
  }

  putKey(key: Key): void {
    this.#keys.set(`${key.queue} ${key.key}`, key)
  }

  removeKey(key: Key): void {
    this.#keys.delete(`${key.queue} ${key.key}`)
  }

  keys(queue: string): readonly Key[] {
    return [...this.#keys.values()].filter((key) => key.queue === queue)
  }

  schedule(): undefined {
    return undefined
  }

  schedules(): readonly Schedule[] {
    return []
  }

  putSchedule(): void {
    throw new Error('no scenario has schedules')
  }

  removeSchedule(): void {
    throw new Error('no scenario has schedules')
  }

  nextAt(): Millis {
    return Math.min(this.#timers.firstKey, this.#leases.firstKey, this.#deadlines.firstKey)
  }

  wake(): void {}

  emit(event: JobEvent): void {
    if (this.listening) this.events.push(event)
  }

  /** Most changes are to the job that was asked for last. */
  #live(job: Job): LiveJob | undefined {
    return this.#lastLive.job?.seq === job.seq ? this.#lastLive : this.#lives[Number(job.id)]
  }

  #born(job: Job): LiveJob {
    assert(job.extras.unique === undefined, 'no scenario has unique keys')
    assert(job.extras.idempotency === undefined, 'no scenario has idempotency keys')
    assert(String(Number(job.id)) === job.id, `${job.id} is no id of the simulator`)
    const live = new LiveJob()
    this.#lives[Number(job.id)] = live
    return live
  }

  #home(queue: string): Home {
    // Most questions are about the queue of the question before.
    if (this.#lastHome.name === queue) return this.#lastHome
    const home = this.#homes.get(queue) ?? new Home(queue)
    this.#homes.set(queue, home)
    return (this.#lastHome = home)
  }

  #enter(live: LiveJob, home: Home, job: Job): void {
    home.count(job, 1)
    switch (job.state) {
      case 'enqueued':
        home.ready.add(live.spot, job.rank, job.seq)
        break
      case 'processing':
        this.#leases.add(live.spot, job.leaseUntil, job.seq)
        break
      case 'scheduled':
      case 'retrying':
        this.#timers.add(live.spot, job.runAt, job.seq)
        break
      case 'completed':
        home.ended.completed.add(live.spot, job.since, job.seq)
        break
      case 'dead':
      case 'cancelled':
      case 'expired':
        home.ended[job.state].add(live.spot, job.since, job.seq)
        break
      case 'blocked':
    }
    if (job.extras !== noExtras || home.sheds !== undefined) this.#enterRare(live, home, job)
  }

  /** Lines in which few jobs stand. */
  #enterRare(live: LiveJob, home: Home, job: Job): void {
    const { deadline, flow } = job.extras
    if (deadline !== undefined && isUnstarted(job)) {
      live.deadline ??= live.spot.another()
      this.#deadlines.add(live.deadline, deadline, job.seq)
    }
    if (home.sheds !== undefined && isUnstarted(job)) {
      live.shed ??= live.spot.another()
      if (home.sheds === 'oldest') home.shed.add(live.shed, job.seq, 0)
      else home.shed.add(live.shed, job.priority, -job.seq)
    }
    if (flow !== undefined) this.#flows.set(flow.id, (this.#flows.get(flow.id) ?? new Set()).add(live))
  }

  #leave(live: LiveJob, job: Job): void {
    live.home!.count(job, -1)
    live.spot.line?.remove(live.spot)
    live.deadline?.line?.remove(live.deadline)
    live.shed?.line?.remove(live.shed)
    if (job.extras.flow !== undefined) this.#leaveFlow(job.extras.flow.id, live)
  }

  #leaveFlow(id: string, live: LiveJob): void {
    const flow = this.#flows.get(id)!
    flow.delete(live)
    if (flow.size === 0) this.#flows.delete(id)
  }
}

function firstJobs(line: OrderedLine, limit: number): readonly Job[] {
  if (limit !== 1) return jobsOf(line.list(limit))
  const { first } = line
  return first === undefined ? nobody : [first.live.job!]
}

function jobsOf(spots: readonly Spot[]): readonly Job[] {
  return spots.length === 0 ? nobody : spots.map((spot) => spot.live.job!)
}
