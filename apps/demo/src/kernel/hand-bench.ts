import {
  defaultBackoff,
  noExtras,
  type CommandName,
  type Extras,
  type Job,
  type Kind,
  type Reply,
  type Request,
  type Store,
} from '@millrace/core'
import { memoryStore } from '@millrace/store-memory'
import type { Effect, JobView } from './frame.ts'

export const leaseMs = 30_000

// The core's zero means "never" in some rows, so a session starts a day later.
const startMs = 86_400_000

/** The reader's bench: the memory store with the real core in it, and a clock that moves only when asked. */
export class HandBench {
  readonly store: Store
  readonly options: Readonly<Record<string, string>>
  readonly effects: Effect[] = []
  /** Workers that hold a job and say nothing. */
  readonly silent: Set<string> = new Set()
  /** What each worker holds, as it believes: it may be wrong. */
  readonly held: Map<string, Job> = new Map()
  /** Anything else a script has to remember. */
  readonly memory: Map<string, number> = new Map()
  jobs: readonly Job[] = []
  now: number = startMs

  constructor(store: Store, options: Readonly<Record<string, string>>) {
    this.store = store
    this.options = options
  }

  static async open(options: Readonly<Record<string, string>>): Promise<HandBench> {
    return new HandBench(await memoryStore(), options)
  }

  get seconds(): number {
    return (this.now - startMs) / 1_000
  }

  async run<N extends CommandName>(name: N, request: Request<N>): Promise<Reply<N>> {
    const reply = await this.store.run(name, request, { now: this.now, seed: Number(this.options.seed ?? 1) })
    this.jobs = (await this.store.run('listJobs', { limit: 100 }, { now: this.now, seed: 0 })).jobs
    return reply
  }

  job(id: string): Job | undefined {
    return this.jobs.find((job) => job.id === id)
  }

  /** Enqueues one job of the name, which is also its id. */
  async enqueue(name: string, { delayMs = 0, extras = noExtras as Extras } = {}): Promise<void> {
    const runAt = delayMs === 0 ? 0 : this.now + delayMs
    const job = { ...kindOf(name), id: name, payload: '{}', bytes: 2, priority: 0, runAt, extras }
    await this.run('enqueue', { jobs: [job], atomic: true })
  }

  async claim(owner: string): Promise<Job | undefined> {
    const queues = [{ queue: 'default', weight: 1, credit: 0 }]
    const { jobs } = await this.run('claim', { owner, leaseMs, limit: 1, queues })
    if (jobs[0] !== undefined) this.held.set(owner, jobs[0])
    return jobs[0]
  }

  /** The worker says how its attempt ended; `lost` if somebody else has the job by now. */
  async report(owner: string, outcome: Ending, message = 'the handler threw'): Promise<'settled' | 'lost'> {
    const { id, epoch } = this.held.get(owner)!
    const held = { id, epoch }
    this.held.delete(owner)
    this.silent.delete(owner)
    const settlement =
      outcome === 'complete'
        ? { ...held, outcome }
        : {
            ...held,
            outcome: 'fail' as const,
            bucket: 'failure' as const,
            error: { name: 'Error', message },
            ...(outcome === 'failForGood' && { dead: 'nonRetryable' as const }),
          }
    const { outcomes } = await this.run('settle', { settlements: [settlement] })
    return outcomes[0]!
  }

  /** The next moment at which time alone changes something. */
  get nextAt(): number | undefined {
    const times = this.jobs.flatMap((job) => {
      if (job.state === 'processing') return this.silent.has(job.owner) ? [job.leaseUntil + 1] : []
      if (job.state === 'scheduled' || job.state === 'retrying')
        return [Math.min(job.runAt, job.extras.deadline ?? Infinity)]
      const waits = job.state === 'enqueued' || job.state === 'blocked'
      return waits && job.extras.deadline !== undefined ? [job.extras.deadline] : []
    })
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Lets time pass until something happens. Workers that are well renew their leases meanwhile. */
  async wait(): Promise<void> {
    this.now = Math.max(this.now, this.nextAt!)
    const well = this.jobs.filter(({ state, owner }) => state === 'processing' && !this.silent.has(owner))
    if (well.length > 0)
      await this.run('renew', { leaseMs, held: well.map(({ id, epoch }) => ({ id, epoch })) })
    await this.run('reap', { limit: 100 })
    await this.run('claim', { owner: 'clock', leaseMs: 1, limit: 0, queues: [] })
  }

  view(job: Job): JobView {
    const { id, name, state, owner, attempt, epoch, failures, crashes, generation, extras } = job
    const share = (left: number, whole: number): number => Math.min(1, Math.max(0, left / Math.max(1, whole)))
    return {
      id,
      name,
      state,
      owner,
      attempt,
      epoch,
      failures,
      crashes,
      generation,
      ...(extras.reason !== undefined && { reason: extras.reason }),
      ...(state === 'processing' && { ring: share(job.leaseUntil - this.now, leaseMs) }),
      ...(state === 'retrying' && { wedge: share(job.runAt - this.now, job.runAt - job.since) }),
    }
  }
}

export type Ending = 'complete' | 'fail' | 'failForGood'

export function kindOf(name: string): Kind {
  const retry = { maxFailures: 3, maxCrashes: 3, backoff: { ...defaultBackoff, jitter: 'none' as const } }
  return { queue: 'default', name, version: 1, retry, timeoutMs: 0 }
}
