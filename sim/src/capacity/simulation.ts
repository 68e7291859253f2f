import { assert } from '@millrace/core'
import { phase } from '../kernel/event-heap.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { Departures } from './departures.ts'
import { Desk } from './desk.ts'
import { Floor } from './floor.ts'
import { forked, type Fork } from './fork.ts'
import { whereabouts } from './job-slots.ts'
import type { Ledger } from './ledger.ts'
import { Lines } from './lines.ts'
import { liveMachine, type Machine } from './machine.ts'
import { Polls } from './polls.ts'
import { Scaling } from './scaling.ts'
import { Staff } from './staff.ts'
import { event, Stage } from './stage.ts'
import { Troubles } from './troubles.ts'
import { microsOf, type Micros } from './virtual-time.ts'

export interface SimulationOptions {
  readonly machine?: Machine
  readonly fork?: Fork
  /** Asked now and then, with the jobs that have ended: true ends the arrivals. */
  readonly isEnough?: (simulation: Simulation) => boolean
}

const checkEvery = 65_536

/** One run of a scenario: the production core in virtual time. */
export class Simulation {
  readonly #stage: Stage
  readonly #lines: Lines
  readonly #floor: Floor
  readonly #desk: Desk
  readonly #troubles: Troubles
  readonly #scaling: Scaling | undefined
  readonly #isEnough: SimulationOptions['isEnough']
  readonly #polls: Polls
  readonly #staff: Staff
  /** The settings after the fork. */
  readonly #after: Scenario | undefined
  #until: Micros = Infinity

  constructor(scenario: Scenario, { machine = liveMachine(), fork, isEnough }: SimulationOptions = {}) {
    const { autoscale } = scenario.workers
    const stage = new Stage(scenario, machine)
    this.#after = fork && forked(scenario, fork)
    // After all that happens in that microsecond.
    if (fork !== undefined) stage.heap.push(microsOf(fork.at), phase.sample, event.fork, 0)
    this.#stage = stage
    this.#isEnough = isEnough
    const departures = new Departures(stage, (job) => this.#desk.ended(job))
    this.#lines = new Lines(stage, departures)
    this.#floor = new Floor(stage, this.#lines, departures)
    this.#desk = new Desk(stage, this.#lines, this.#floor)
    this.#troubles = new Troubles(stage, this.#floor)
    this.#polls = new Polls(stage, this.#floor)
    this.#staff = new Staff(stage, this.#polls, this.#troubles)
    this.#scaling =
      autoscale === 'none' ? undefined : new Scaling(stage, this.#staff, this.#troubles, autoscale)
    const slots = stage.crew.workers.length * scenario.workers.concurrency
    for (let slot = 0; slot < slots; slot++) stage.ledger.slots.enter(0)
    if (scenario.warmup !== 'auto' && scenario.warmup > 0)
      stage.heap.push(microsOf(scenario.warmup), phase.sample, event.warmupEnds, 0)
  }

  get scenario(): Scenario {
    return this.#stage.scenario
  }

  get ledger(): Ledger {
    return this.#stage.ledger
  }

  get now(): Micros {
    return this.#stage.now
  }

  /** Jobs accepted and not ended. */
  get unfinished(): number {
    return this.#stage.jobs.live
  }

  /** Runs to the end: the horizon, or the end of the last job. Throws if Little's identity does not hold to the microsecond. */
  run(): void {
    this.#until = this.#horizon()
    let left = checkEvery
    let isCut = false
    while (!isCut && this.#stage.heap.pop()) {
      isCut = this.#stage.heap.time > this.#until
      this.#stage.moveTo(isCut ? this.#until : this.#stage.heap.time)
      if (isCut) break
      this.#handle(this.#stage.heap.kind, this.#stage.heap.subject)
      if (this.#isOver()) break
      if (--left === 0) {
        left = checkEvery
        if (this.#isEnough?.(this) === true) this.#desk.close()
      }
    }
    this.#stage.ledger.snapshots.close(this.#stage.now)
    this.#assertLittle()
  }

  #horizon(): Micros {
    const { stop, horizon } = this.#stage.scenario
    const seconds = [horizon, stop.horizon].map((time) => (time === 'none' ? Infinity : time))
    return microsOf(Math.min(...seconds))
  }

  /** All have come that were to come, and all are gone; a horizon is waited for unless a number of jobs was to be the end. */
  #isOver(): boolean {
    if (this.#stage.jobs.live > 0) return false
    return this.#desk.isClosed || (this.#desk.isExhausted && this.#until === Infinity)
  }

  #handle(kind: number, subject: number): void {
    switch (kind) {
      case event.runEnds:
        return this.#floor.runEnds(subject)
      case event.arrival:
        this.#desk.arrival(subject)
        return this.#noteEnd()
      case event.userArrival:
        this.#desk.userArrival(subject)
        return this.#noteEnd()
      case event.retryDue:
        return this.#floor.retryDue(subject)
      case event.deadline:
        return this.#lines.deadline(subject)
      case event.poll:
        return this.#polls.poll(subject)
      case event.wake:
        return this.#floor.wake(subject)
      default:
        return this.#handleRare(kind, subject)
    }
  }

  #handleRare(kind: number, subject: number): void {
    switch (kind) {
      case event.leaseEnds:
        return this.#troubles.leaseEnds(subject)
      case event.breakdown:
        return this.#troubles.breakdown(subject)
      case event.repair:
        return this.#troubles.repair(subject)
      case event.outage:
        return this.#troubles.outage(subject)
      case event.outageEnds:
        return this.#troubles.outageEnds(subject)
      case event.burst:
        this.#desk.burst(subject)
        return this.#noteEnd()
      case event.producerLeaves:
        return this.#desk.producerLeaves(subject)
      case event.scale:
        return this.#scaling?.tick()
      case event.startup:
        return this.#scaling?.startup(subject)
      case event.fork:
        return this.#takeUp(this.#after!)
      default:
        return this.#stage.ledger.snapshots.endWarmup(this.#stage.now)
    }
  }

  /** Goes on by the settings of the fork. */
  #takeUp(after: Scenario): void {
    const before = this.#stage.scenario
    this.#stage.change(after)
    this.#until = Math.max(this.#stage.now, this.#horizon())
    this.#floor.heed(after)
    this.#troubles.expect(before.faults.length)
    this.#desk.change(before)
    for (let more = before.workers.count; more < after.workers.count; more++) this.#staff.hire()
    for (let less = before.workers.count; less > after.workers.count; less--) this.#staff.dismiss()
    this.#stage.ledger.queues.forEach((_, queue) => this.#floor.dispatch(queue))
  }

  #noteEnd(): void {
    if (this.#desk.isClosed || (this.#desk.isExhausted && this.#horizon() === Infinity))
      this.#stage.ledger.snapshots.close(this.#stage.now)
  }

  /** The time integral of the number of jobs is the sum of their stays: the books agree, or the simulator is wrong. */
  #assertLittle(): void {
    const { ledger, jobs, now, classes } = this.#stage
    ledger.queues.forEach(({ name, waiting, processing, backoff }, queue) => {
      const isHere = (job: number): boolean => classes[jobs.ofClass[job]!]!.queue === queue
      for (const [gauge, place] of [
        [waiting, whereabouts.waiting],
        [processing, whereabouts.processing],
        [backoff, whereabouts.backoff],
      ] as const) {
        const stays = gauge.exactStaysAt(now, jobs.staysAt(place, isHere))
        assert(gauge.exactIntegralAt(now) === stays, `queue ${name}: Little's identity does not hold`)
      }
    })
  }
}
