import { whereabouts } from './job-slots.ts'
import type { Ending } from './ledger.ts'
import type { Stage } from './stage.ts'

/** Where jobs end. */
export class Departures {
  readonly #stage: Stage
  readonly #onEnd: (job: number) => void

  constructor(stage: Stage, onEnd: (job: number) => void) {
    this.#stage = stage
    this.#onEnd = onEnd
  }

  ends(job: number, ending: Ending): void {
    const { jobs, ledger, now } = this.#stage
    ledger.ends(jobs.ofClass[job]!, ending, now, jobs.createdAt[job]!, jobs.entity[job]!)
    jobs.whereabouts[job] = whereabouts.nowhere
    if (ending !== 'completed') this.#forget(job)
    this.#onEnd(job)
    this.give(job)
  }

  /** What the core keeps of an ended job until the next settlement in its queue goes now: the id is about to be given out again. */
  #forget(job: number): void {
    const { machine, jobs, at } = this.#stage
    if (machine.rows.job(jobs.ids[job]!) !== undefined) machine.run('prune', { limit: 1_000 }, at)
  }

  /** Gives the job's slot to others, unless a worker still has to do with it. */
  give(job: number): void {
    const { jobs } = this.#stage
    if (jobs.whereabouts[job] === whereabouts.nowhere && jobs.runs[job] === 0) jobs.give(job)
  }
}
