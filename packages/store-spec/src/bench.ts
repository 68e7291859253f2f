import type {
  ClaimReply,
  CommandName,
  EnqueueReply,
  Job,
  Millis,
  Moment,
  NewJob,
  QueueConfig,
  QueueCount,
  Reply,
  Request,
  Settlement,
  State,
  Store,
} from '@millrace/core'
import { holds, same } from './check.ts'
import type { Place } from './place.ts'
import { sampleJob, sampleQueue } from './samples.ts'

/** Any time far from 1970, where 0 means something else. */
const start = 1_700_000_000_000

/** What one case works with: a place of its own, a store on it, a clock that only the case moves, and the commands in short. */
export class Bench {
  readonly place: Place
  store: Store
  now: Millis = start
  #seed = 1
  readonly #opened: Store[] = []

  static async at(place: Place): Promise<Bench> {
    const bench = new Bench(place, await place.open())
    return bench
  }

  private constructor(place: Place, store: Store) {
    this.place = place
    this.store = store
    this.#opened.push(store)
  }

  /** One more store on the same place. */
  async open(): Promise<Store> {
    const store = await this.place.open()
    this.#opened.push(store)
    return store
  }

  /** Closes the store and goes on with a new one on the same place. */
  async reopen(): Promise<void> {
    await this.store.close()
    this.store = await this.open()
  }

  async putAway(): Promise<void> {
    for (const store of this.#opened) await store.close()
    await this.place.remove?.()
  }

  at(): Moment {
    return { now: this.now, seed: this.#seed++ }
  }

  run<N extends CommandName>(name: N, request: Request<N>): Promise<Reply<N>> {
    return this.store.run(name, request, this.at())
  }

  async configure(queue: string, config: Partial<QueueConfig>): Promise<void> {
    await this.run('configure', { queues: { [queue]: sampleQueue(config) } })
  }

  enqueue(...jobs: readonly NewJob[]): Promise<EnqueueReply> {
    return this.run('enqueue', { jobs, atomic: false })
  }

  /** Enqueues jobs that must all be stored as new. */
  async accept(...jobs: readonly NewJob[]): Promise<void> {
    const { results } = await this.enqueue(...jobs)
    same(
      results,
      jobs.map(({ id }) => ({ outcome: 'enqueued', id })),
      'the outcome of enqueue',
    )
  }

  /** Enqueues plain jobs with these ids. */
  acceptIds(...ids: readonly string[]): Promise<void> {
    return this.accept(...ids.map((id) => sampleJob(id)))
  }

  claimReply(given: Partial<Request<'claim'>> = {}): Promise<ClaimReply> {
    return this.run('claim', {
      owner: 'worker',
      leaseMs: 30_000,
      limit: 100,
      queues: [{ queue: 'default', weight: 1, credit: 0 }],
      ...given,
    })
  }

  async claim(given: Partial<Request<'claim'>> = {}): Promise<readonly Job[]> {
    return (await this.claimReply(given)).jobs
  }

  /** Claims the one job that must be claimable. */
  async claimOne(given: Partial<Request<'claim'>> = {}): Promise<Job> {
    const jobs = await this.claim({ limit: 1, ...given })
    holds(jobs[0] !== undefined, 'a claim answered nothing, expected a job')
    return jobs[0]
  }

  async settle(...settlements: readonly Settlement[]): Promise<readonly ('settled' | 'lost')[]> {
    return (await this.run('settle', { settlements })).outcomes
  }

  complete({ id, epoch }: Job, result?: string): Promise<readonly ('settled' | 'lost')[]> {
    return this.settle({ id, epoch, outcome: 'complete', ...(result !== undefined && { result }) })
  }

  fail({ id, epoch }: Job, message = 'broken'): Promise<readonly ('settled' | 'lost')[]> {
    return this.settle({ id, epoch, outcome: 'fail', bucket: 'failure', error: { name: 'Error', message } })
  }

  /** Fails the job for good. */
  kill({ id, epoch }: Job, message = 'broken'): Promise<readonly ('settled' | 'lost')[]> {
    const error = { name: 'Error', message }
    return this.settle({ id, epoch, outcome: 'fail', bucket: 'failure', error, dead: 'nonRetryable' })
  }

  /** The job with this id, which must be there. */
  async job(id: string): Promise<Job> {
    const job = await this.find(id)
    holds(job !== undefined, `job ${id} is not there`)
    return job
  }

  async find(id: string): Promise<Job | undefined> {
    return (await this.run('findJob', { id })).jobs[0]
  }

  async state(id: string): Promise<State | 'gone'> {
    return (await this.find(id))?.state ?? 'gone'
  }

  async list(): Promise<readonly Job[]> {
    return (await this.run('listJobs', { limit: 10_000 })).jobs
  }

  async count(queue = 'default'): Promise<QueueCount> {
    const { queues } = await this.run('countJobs', {})
    const found = queues.find((one) => one.queue === queue)
    holds(found !== undefined, `countJobs does not know the queue ${queue}`)
    return found
  }

  reap(gone: readonly string[] = []): Promise<Reply<'reap'>> {
    return this.run('reap', { limit: 100, gone })
  }
}

export function ids(jobs: readonly { readonly id: string }[]): readonly string[] {
  return jobs.map(({ id }) => id)
}
