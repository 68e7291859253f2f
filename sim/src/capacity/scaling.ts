import { autoscale, type Scale, type ScalePolicy } from '@millrace/core'
import { phase } from '../kernel/event-heap.ts'
import type { Autoscale } from '../scenario/scenario.ts'
import type { Staff } from './staff.ts'
import { event, type Stage } from './stage.ts'
import type { Troubles } from './troubles.ts'
import { microsOf } from './virtual-time.ts'

// How often the decision is asked for.
const every = microsOf(1)

/** The number of workers follows the core's own decision. */
export class Scaling {
  readonly #stage: Stage
  readonly #staff: Staff
  readonly #troubles: Troubles
  readonly #policy: ScalePolicy
  readonly #startup: number
  #scale: Scale

  constructor(stage: Stage, staff: Staff, troubles: Troubles, policy: Autoscale) {
    this.#stage = stage
    this.#staff = staff
    this.#troubles = troubles
    this.#startup = microsOf(policy.startup)
    this.#policy = {
      min: policy.min,
      max: policy.max,
      depth: policy.depth,
      lagMs: policy.lag * 1_000,
      relief: 0.5,
      cooldownMs: policy.cooldown * 1_000,
    }
    this.#scale = {
      size: staff.team.length,
      changedAt: stage.at.now - this.#policy.cooldownMs,
      because: 'steady',
    }
    stage.heap.push(every, phase.capacity, event.scale, 0)
  }

  tick(): void {
    const { machine, at, heap, now } = this.#stage
    const { queues } = machine.run('countJobs', {}, at)
    const load = {
      depth: queues.reduce((sum, queue) => sum + queue.enqueued, 0),
      lagMs: queues.reduce((most, queue) => Math.max(most, queue.lag), 0),
      busy:
        queues.reduce((sum, queue) => sum + queue.processing, 0) / this.#stage.scenario.workers.concurrency,
    }
    this.#scale = autoscale(this.#scale, load, this.#policy, at.now)
    const size = this.#staff.team.length
    for (let more = size; more < this.#scale.size; more++) this.#hire()
    for (let less = size; less > this.#scale.size; less--) this.#staff.dismiss()
    heap.push(now + every, phase.capacity, event.scale, 0)
  }

  /** Subject: a worker that is ready now. */
  startup(index: number): void {
    const worker = this.#stage.crew.workers[index]!
    this.#troubles.resume(worker)
  }

  #hire(): void {
    const { heap, now } = this.#stage
    const worker = this.#staff.hire()
    this.#troubles.halt(worker)
    heap.push(now + this.#startup, phase.capacity, event.startup, worker.index)
  }
}
