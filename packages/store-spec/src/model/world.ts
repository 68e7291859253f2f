import type { Held, Job, Millis, Moment, QueueShare } from '@millrace/core'
import { NaiveRows } from '../reference/naive-rows.ts'

/** Any time far from 1970, where 0 means something else. */
const start = 1_700_000_000_000

/** Attempts a step may still speak for, the newest; most of them are stale, on purpose. */
const attemptsKept = 12

/** What the random deeds have brought about so far, as the reference sees it. */
export class World {
  readonly reference: NaiveRows = new NaiveRows()
  now: Millis = start
  #seed = 0
  #ids = 0
  readonly #attempts: Held[] = []
  readonly #credits = new Map<string, number>()

  at(): Moment {
    return { now: this.now, seed: ++this.#seed }
  }

  freshId(): string {
    return `job-${++this.#ids}`
  }

  /** The n-th job there is; undefined if there is none. */
  job(pick: number): Job | undefined {
    const jobs = this.reference.all()
    return jobs[pick % Math.max(1, jobs.length)]
  }

  /** Every other pick is an attempt that holds its lease, if there is one; the rest are any that are remembered, the newest first. */
  attempt(pick: number): Held {
    const live = this.#attempts.filter(({ id, epoch }) => {
      const job = this.reference.job(id)
      return job?.state === 'processing' && job.epoch === epoch
    })
    const among = pick % 2 === 0 && live.length > 0 ? live : this.#attempts
    return among[Math.floor(pick / 2) % Math.max(1, among.length)] ?? { id: 'nobody', epoch: 1 }
  }

  remember(jobs: readonly Job[]): void {
    for (const { id, epoch } of jobs) this.#attempts.unshift({ id, epoch })
    this.#attempts.splice(attemptsKept)
  }

  /** What a worker's round robin owes these queues. */
  shares(owner: string, queues: readonly string[]): readonly QueueShare[] {
    return queues.map((queue, index) => ({
      queue,
      weight: index + 1,
      credit: queues.length === 1 ? 0 : (this.#credits.get(`${owner} ${queue}`) ?? 0),
    }))
  }

  keepCredits(owner: string, queues: readonly string[], credits: readonly number[]): void {
    if (queues.length > 1)
      for (const [index, queue] of queues.entries()) this.#credits.set(`${owner} ${queue}`, credits[index]!)
  }

  /** Time moves on by so much, or to when something is due, or a little if that is overdue already. */
  pass(ms: number | 'next'): void {
    if (ms !== 'next') this.now += ms
    else if (!this.passToNext()) this.now += 100
  }

  /** To the next time at which something is due; false if that does not lie ahead. */
  passToNext(): boolean {
    const next = this.reference.nextAt()
    if (next <= this.now || next === Infinity) return false
    this.now = next
    return true
  }
}
