import { noExtras } from '@millrace/core'
import { phase } from '../kernel/event-heap.ts'
import { arrivalProcess, type ArrivalProcess } from '../random/arrival-process.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { ClassModel } from './class-model.ts'
import type { Floor } from './floor.ts'
import type { Lines } from './lines.ts'
import { whereabouts } from './job-slots.ts'
import { event, type Stage } from './stage.ts'
import { count } from './tally.ts'
import { microsOf, toMillis } from './virtual-time.ts'

// What the runtime allows a producer under `overflow: 'wait'` unless told otherwise.
const producerPatience = microsOf(30)
const mostProducers = 1_000

/** Where jobs arrive: enqueues them, and lets producers wait where the queue says so. */
export class Desk {
  readonly #stage: Stage
  readonly #lines: Lines
  readonly #floor: Floor
  readonly #processes: (ArrivalProcess | undefined)[]
  /** When each class's next arrival is; an event at any other time is stale. */
  readonly #nextAt: number[] = []
  /** Arrivals asked for, of each class. */
  readonly #drawn: number[] = []
  readonly #request: { readonly jobs: [ClassModel['job']]; readonly atomic: false }
  /** Jobs whose producers wait for room, by queue. */
  readonly #outside: readonly number[][]
  #sheds = false
  /** Users of closed classes: which class each belongs to, and how often it has thought. */
  readonly #classOfUser: number[] = []
  readonly #thoughts: number[] = []
  #left: number
  /** Classes and faults from which jobs may still come. */
  #sources = 0

  constructor(stage: Stage, lines: Lines, floor: Floor) {
    const { scenario, classes } = stage
    this.#stage = stage
    this.#lines = lines
    this.#floor = floor
    this.#request = { jobs: [classes[0]!.job], atomic: false }
    this.#outside = stage.ledger.queues.map(() => [])
    this.#left = 0
    this.#heed(scenario)
    this.#processes = scenario.classes.map(({ id, arrivals }) =>
      arrivals.kind === 'closed' ? undefined : arrivalProcess(arrivals, scenario.seed, id),
    )
    this.#sources = classes.length + scenario.faults.filter(({ kind }) => kind === 'burst').length
    classes.forEach((model) => this.#open(model))
  }

  /** The stage has other settings than `before` from now on. */
  change(before: Scenario): void {
    const { scenario, now } = this.#stage
    this.#heed(scenario)
    this.#sources += scenario.faults.slice(before.faults.length).filter(({ kind }) => kind === 'burst').length
    scenario.classes.forEach(({ id, arrivals }, index) => {
      if (
        arrivals.kind === 'closed' ||
        JSON.stringify(arrivals) === JSON.stringify(before.classes[index]!.arrivals)
      )
        return
      // The draw of the arrival that is to come is used for the one that comes in its place.
      const from = { time: now, drawn: this.#drawn[index]! - 1 }
      this.#processes[index] = arrivalProcess(arrivals, scenario.seed, id, from)
      if (this.#nextAt[index] === Infinity) this.#sources++
      this.#next(index)
    })
  }

  /** True once all jobs that were to arrive have arrived. */
  get isClosed(): boolean {
    return this.#left <= 0
  }

  /** True once no class and no fault has any more. */
  get isExhausted(): boolean {
    return this.#sources === 0
  }

  /** No more arrivals. */
  close(): void {
    this.#left = 0
  }

  /** Subject: a class. */
  arrival(index: number): void {
    if (this.#nextAt[index] !== this.#stage.now) return
    const { size } = this.#processes[index]!
    const model = this.#stage.classes[index]!
    for (let job = 0; job < size && this.#left > 0; job++) this.#offer(model, -1)
    this.#next(index)
  }

  /** Subject: a user. */
  userArrival(user: number): void {
    if (this.#left > 0) this.#offer(this.#stage.classes[this.#classOfUser[user]!]!, user)
  }

  /** Subject: a fault of the scenario. */
  burst(index: number): void {
    const fault = this.#stage.scenario.faults[index]!
    if (fault.kind !== 'burst') return
    this.#sources--
    const model = this.#stage.classes.find(({ job }) => job.name === fault.class)!
    for (let job = 0; job < fault.jobs && this.#left > 0; job++) this.#offer(model, -1)
  }

  /** Subject: a job whose producer has waited long enough. */
  producerLeaves(job: number): void {
    const { jobs, now } = this.#stage
    if (jobs.whereabouts[job] !== whereabouts.outside || jobs.deadline[job] !== now) return
    const line = this.#outside[this.#stage.classOf(job).queue]!
    line.splice(line.indexOf(job), 1)
    this.#refuse(job)
  }

  /** A job has ended: there may be room, and its user thinks again. */
  ended(job: number): void {
    this.#thinks(this.#stage.jobs.user[job]!)
    this.#admit(this.#stage.classOf(job).queue)
  }

  #heed({ queues, stop }: Scenario): void {
    const sheds = Object.values(queues).some(({ overflow }) => overflow.startsWith('shed'))
    if (sheds && !this.#sheds) this.#stage.machine.listen()
    this.#sheds ||= sheds
    const made = this.#stage.classes.reduce((sum, model) => sum + model.made, 0)
    this.#left = stop.jobs === 'unlimited' ? Infinity : Math.max(0, stop.jobs - made)
  }

  #open(model: ClassModel): void {
    this.#drawn.push(0)
    this.#nextAt.push(Infinity)
    if (this.#processes[model.index] !== undefined) this.#next(model.index)
    for (let user = 0; user < model.users; user++) {
      this.#classOfUser.push(model.index)
      this.#thoughts.push(0)
      this.#thinks(this.#classOfUser.length - 1)
    }
  }

  #next(index: number): void {
    const time = Math.round(this.#processes[index]!.next())
    this.#nextAt[index] = time
    this.#drawn[index]!++
    if (time === Infinity) this.#sources--
    else if (this.#left > 0) this.#stage.heap.push(time, phase.arrival, event.arrival, index)
  }

  #thinks(user: number): void {
    if (user < 0) return
    const { classes, heap, now } = this.#stage
    const model = classes[this.#classOfUser[user]!]!
    const time = now + model.thinkTime(user, this.#thoughts[user]!++)
    heap.push(time, phase.arrival, event.userArrival, user)
  }

  #offer(model: ClassModel, user: number): void {
    const { jobs, ledger, now } = this.#stage
    this.#left--
    const job = jobs.take()
    const entity = model.made++
    jobs.ofClass[job] = model.index
    jobs.entity[job] = entity
    jobs.user[job] = user
    ledger.arrived(model.index, now, entity)
    if (this.#enqueue(job, model)) return
    const { overflow } = Object.values(this.#stage.scenario.queues)[model.queue]!
    if (overflow === 'wait' && this.#outside[model.queue]!.length < mostProducers) this.#wait(job, model)
    else this.#refuse(job)
  }

  /** False if the queue is full. */
  #enqueue(job: number, model: ClassModel): boolean {
    const { jobs, ledger, machine, at, now } = this.#stage
    const entity = jobs.entity[job]!
    const patience = model.patience(entity)
    model.job.id = jobs.ids[job]!
    if (patience !== undefined) this.#limit(job, model, now + patience)
    this.#request.jobs[0] = model.job
    const result = machine.enqueue(this.#request, at).results[0]!
    if (this.#sheds) this.#shed()
    if (result.outcome === 'refused') return false
    jobs.createdAt[job] = now
    ledger.accepted(model.index)
    if (patience !== undefined) this.#stage.heap.push(now + patience, phase.expiry, event.deadline, job)
    this.#lines.join(job, model.queue)
    this.#floor.dispatch(model.queue)
    return true
  }

  #limit(job: number, model: ClassModel, until: number): void {
    this.#stage.jobs.deadline[job] = until
    const keyed = model.isKeyed ? { key: model.job.name } : noExtras
    model.job.extras = { ...keyed, deadline: toMillis(until) }
  }

  /** The newcomer may have pushed others out. */
  #shed(): void {
    for (const told of this.#stage.machine.takeEvents())
      if (told.type === 'shed') this.#lines.shed(Number(told.job.id))
  }

  #refuse(job: number): void {
    const { jobs, ledger, now } = this.#stage
    ledger.refused(jobs.ofClass[job]!, now, jobs.entity[job]!)
    const user = jobs.user[job]!
    jobs.give(job)
    this.#thinks(user)
  }

  #wait(job: number, model: ClassModel): void {
    const { jobs, heap, now } = this.#stage
    jobs.whereabouts[job] = whereabouts.outside
    jobs.since[job] = now
    jobs.deadline[job] = now + producerPatience
    this.#outside[model.queue]!.push(job)
    heap.push(now + producerPatience, phase.expiry, event.producerLeaves, job)
  }

  /** Lets producers in that wait, in the order in which they came, as long as there is room. */
  #admit(queue: number): void {
    const line = this.#outside[queue]!
    while (line.length > 0) {
      const job = line[0]!
      const model = this.#stage.classOf(job)
      const { jobs, ledger, now } = this.#stage
      const since = jobs.since[job]!
      if (!this.#enqueue(job, model)) return
      line.shift()
      const { tally } = ledger.classes[model.index]!
      tally[count.heldUp]!++
      tally[count.heldUpMicros]! += now - since
    }
  }
}
