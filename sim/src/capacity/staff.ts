import type { Worker } from './crew.ts'
import type { Polls } from './polls.ts'
import type { Stage } from './stage.ts'
import type { Troubles } from './troubles.ts'

/** Hires and dismisses workers that serve every queue. */
export class Staff {
  readonly #stage: Stage
  readonly #polls: Polls
  readonly #troubles: Troubles

  constructor(stage: Stage, polls: Polls, troubles: Troubles) {
    this.#stage = stage
    this.#polls = polls
    this.#troubles = troubles
  }

  get team(): readonly Worker[] {
    const team = this.#stage.crew.teams.at(-1)!
    return this.#stage.crew.workers.filter((worker) => worker.team === team && !worker.retired)
  }

  hire(): Worker {
    const { crew, now, scenario, ledger } = this.#stage
    const worker = crew.hire(crew.teams.at(-1)!)
    for (let slot = 0; slot < scenario.workers.concurrency; slot++) ledger.slots.enter(now)
    this.#troubles.watch(worker)
    this.#polls.watch(worker)
    return worker
  }

  /** The idlest goes; what it has begun it ends. */
  dismiss(): void {
    const { ledger, now, scenario } = this.#stage
    const worker = this.team.reduce((least, one) => (one.busy < least.busy ? one : least))
    worker.retired = true
    for (let slot = 0; slot < scenario.workers.concurrency; slot++) ledger.slots.leave(now, now)
  }
}
