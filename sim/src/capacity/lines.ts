import type { Departures } from './departures.ts'
import { whereabouts } from './job-slots.ts'
import type { Stage } from './stage.ts'

/** Where jobs wait for a worker. */
export class Lines {
  readonly #stage: Stage
  readonly #departures: Departures

  constructor(stage: Stage, departures: Departures) {
    this.#stage = stage
    this.#departures = departures
  }

  join(job: number, queue: number): void {
    const { jobs, ledger, now } = this.#stage
    jobs.since[job] = now
    jobs.whereabouts[job] = whereabouts.waiting
    ledger.visitStarts(queue, now)
  }

  /** Its backoff is over. */
  rejoin(job: number): void {
    const { jobs, ledger, now } = this.#stage
    const { queue } = this.#stage.classOf(job)
    ledger.queues[queue]!.backoff.leave(now, jobs.since[job]!)
    this.join(job, queue)
  }

  /** Subject: a job that expires unless it has started. */
  deadline(job: number): void {
    const { jobs, ledger, machine, at, now } = this.#stage
    if (jobs.whereabouts[job] !== whereabouts.waiting || jobs.deadline[job] !== now) return
    machine.run('reap', { limit: 1_000 }, at)
    const row = machine.rows.job(jobs.ids[job]!)
    if (row !== undefined && row.state !== 'expired') return
    ledger.expiredWaiting(this.#stage.classOf(job).queue, now, jobs.since[job]!)
    this.#departures.ends(job, 'expired')
  }

  /** The job was shed: it left the line without a start. */
  shed(job: number): void {
    const { jobs, ledger, now } = this.#stage
    ledger.expiredWaiting(this.#stage.classOf(job).queue, now, jobs.since[job]!)
    this.#departures.ends(job, 'expired')
  }
}
