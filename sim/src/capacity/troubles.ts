import { phase } from '../kernel/event-heap.ts'
import { ln } from '../kernel/elementary.ts'
import { Stream } from '../kernel/stream.ts'
import type { ScenarioFault } from '../scenario/scenario.ts'
import type { Worker } from './crew.ts'
import type { Floor } from './floor.ts'
import type { Run } from './runs.ts'
import { event, type Stage } from './stage.ts'
import { microsOf, toMicros } from './virtual-time.ts'

/** Workers that stand still, by chance or as the scenario says, and services that are slow for a while. */
export class Troubles {
  readonly #stage: Stage
  readonly #floor: Floor
  readonly #chance: Stream
  /** Breakdowns and repairs of each worker so far. */
  readonly #turns: number[] = []

  constructor(stage: Stage, floor: Floor) {
    this.#stage = stage
    this.#floor = floor
    this.#chance = new Stream(stage.scenario.seed, 'breakdown')
    this.expect(0)
    for (const worker of stage.crew.workers) this.watch(worker)
  }

  /** Faults of the scenario from this one on. */
  expect(first: number): void {
    const { scenario, heap } = this.#stage
    this.#slowDown()
    scenario.faults.forEach((fault, index) => {
      if (index < first) return
      if (fault.kind === 'outage') {
        heap.push(microsOf(fault.at), phase.capacity, event.outage, index)
        heap.push(microsOf(fault.at + fault.for), phase.capacity, event.outageEnds, index)
      }
      if (fault.kind === 'burst') heap.push(microsOf(fault.at), phase.arrival, event.burst, index)
    })
  }

  /** The worker will break down some day, if workers do. */
  watch(worker: Worker): void {
    const { breakdown } = this.#stage.scenario.workers
    if (breakdown === 'none') return
    this.#turns[worker.index] = 0
    this.#after(breakdown.mtbf, event.breakdown, worker.index)
  }

  /** Subject: a worker. */
  breakdown(index: number): void {
    const { workers } = this.#stage.scenario
    this.halt(this.#stage.crew.workers[index]!)
    if (workers.breakdown !== 'none') this.#after(workers.breakdown.repair, event.repair, index)
  }

  /** Subject: a worker. */
  repair(index: number): void {
    const { workers } = this.#stage.scenario
    this.resume(this.#stage.crew.workers[index]!)
    if (workers.breakdown !== 'none') this.#after(workers.breakdown.mtbf, event.breakdown, index)
  }

  /** Subject: a fault of the scenario. */
  outage(index: number): void {
    for (const worker of this.#hit(index)) this.halt(worker)
  }

  /** Subject: a fault of the scenario. */
  outageEnds(index: number): void {
    for (const worker of this.#hit(index)) this.resume(worker)
  }

  /** The worker stands still, and nobody renews its leases. */
  halt(worker: Worker): void {
    if (worker.reasons++ > 0) return
    worker.up = false
    const { runs, now, heap } = this.#stage
    runs.list.forEach((run, number) => {
      if (run.worker !== worker.index || run.dueAt < now) return
      run.left = run.dueAt - now
      run.dueAt = -1
      if (!run.held) return
      this.#renew(run, this.#leftOfLease(run))
      heap.push(run.leaseEndsAt, phase.expiry, event.leaseEnds, number)
    })
  }

  /** It goes on where it stood. */
  resume(worker: Worker): void {
    if (--worker.reasons > 0) return
    worker.up = true
    const { runs, crew, now, heap } = this.#stage
    runs.list.forEach((run, number) => {
      if (run.worker !== worker.index || run.job < 0 || run.dueAt >= 0) return
      run.dueAt = now + run.left
      heap.push(run.dueAt, phase.completion, event.runEnds, number)
      if (run.held) this.#renew(run, worker.claim.leaseMs)
      run.leaseEndsAt = -1
    })
    if (this.#stage.scenario.workers.poll !== 'none') return
    while (crew.free(worker) > 0 && this.#floor.claim(worker) > 0);
    crew.list(worker)
  }

  /** Subject: a run whose worker stands still. */
  leaseEnds(number: number): void {
    const { runs, jobs, machine, at, now } = this.#stage
    const run = runs.list[number]!
    if (run.leaseEndsAt !== now || !run.held || run.dueAt >= 0) return
    machine.run('reap', { limit: 1_000 }, at)
    // One reaping takes every lease that is over; each has an event of its own, and this one finds its run's job gone.
    const row = machine.rows.job(jobs.ids[run.job]!)
    if (row?.state !== 'processing' || row.epoch !== run.epoch) this.#floor.takenAway(run)
  }

  /** Up to its last renewal the worker renewed every third of the lease. */
  #leftOfLease(run: Run): number {
    const { now, scenario } = this.#stage
    const lease = microsOf(scenario.workers.lease)
    const sinceRenewal = (now - run.claimedAt) % Math.max(1, Math.floor(lease / 3))
    return (lease - sinceRenewal) / 1_000
  }

  #renew(run: Run, leaseMs: number): void {
    const { machine, jobs, at } = this.#stage
    machine.run('renew', { leaseMs, held: [{ id: jobs.ids[run.job]!, epoch: run.epoch }] }, at)
    // Over is what lies before now, so the lease is over one microsecond later.
    run.leaseEndsAt = toMicros(at.now + leaseMs) + 1
  }

  #after(mean: number, kind: number, worker: number): void {
    const turn = this.#turns[worker]!++
    const time = microsOf(-mean * ln(this.#chance.uniform(worker, turn)))
    this.#stage.heap.push(this.#stage.now + time, phase.capacity, kind, worker)
  }

  /** As many workers as the fault says: those that are given work first. */
  #hit(index: number): readonly Worker[] {
    const fault = this.#stage.scenario.faults[index]!
    return fault.kind === 'outage' ? this.#stage.crew.workers.slice(-fault.workers) : []
  }

  #slowDown(): void {
    const slow = this.#stage.scenario.faults.filter((fault) => fault.kind === 'slow')
    if (slow.length > 0) this.#floor.slowness = (now) => slownessAt(slow, now)
  }
}

function slownessAt(faults: readonly Extract<ScenarioFault, { kind: 'slow' }>[], now: number): number {
  return faults.reduce(
    (product, { at, for: length, factor }) =>
      now >= microsOf(at) && now < microsOf(at + length) ? product * factor : product,
    1,
  )
}
