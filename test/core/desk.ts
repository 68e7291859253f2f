import type {
  ClaimReply,
  CommandName,
  EnqueueResult,
  Job,
  Millis,
  NewJob,
  QueueConfig,
  Reply,
  Request,
  Settlement,
  State,
} from '@millrace/core'
import { NaiveRows, runCommand, sampleJob, sampleQueue } from '@millrace/store-spec'

export const start = 1_700_000_000_000

/** The core on a desk: its commands on naive rows, one after the other, and a clock that only the test moves. */
export class Desk {
  readonly rows: NaiveRows = new NaiveRows()
  now: Millis = start
  seed = 1

  constructor(config: Partial<QueueConfig> = {}) {
    this.configure(config)
  }

  run<N extends CommandName>(name: N, request: Request<N>): Reply<N> {
    return runCommand(this.rows, name, request, { now: this.now, seed: this.seed++ })
  }

  configure(config: Partial<QueueConfig>, queue = 'default'): void {
    this.run('configure', { queues: { [queue]: sampleQueue(config) } })
  }

  enqueue(...jobs: readonly (NewJob | string)[]): readonly EnqueueResult[] {
    const asked = jobs.map((job) => (typeof job === 'string' ? sampleJob(job) : job))
    return this.run('enqueue', { jobs: asked, atomic: false }).results
  }

  claimReply(given: Partial<Request<'claim'>> = {}): ClaimReply {
    const queues = [{ queue: 'default', weight: 1, credit: 0 }]
    return this.run('claim', { owner: 'worker', leaseMs: 30_000, limit: 1_000, queues, ...given })
  }

  claim(given: Partial<Request<'claim'>> = {}): readonly Job[] {
    return this.claimReply(given).jobs
  }

  settle(job: Pick<Job, 'id' | 'epoch'>, how: Ending): 'settled' | 'lost' {
    const { id, epoch } = job
    return this.run('settle', { settlements: [{ id, epoch, ...how } as Settlement] }).outcomes[0]!
  }

  complete(job: Pick<Job, 'id' | 'epoch'>): 'settled' | 'lost' {
    return this.settle(job, { outcome: 'complete' })
  }

  fail(job: Pick<Job, 'id' | 'epoch'>, dead?: 'nonRetryable'): 'settled' | 'lost' {
    const error = { name: 'Error', message: 'broken' }
    return this.settle(job, {
      outcome: 'fail',
      bucket: 'failure',
      error,
      ...(dead !== undefined && { dead }),
    })
  }

  job(id: string): Job {
    const job = this.rows.job(id)
    if (job === undefined) throw new Error(`job ${id} is not there`)
    return job
  }

  state(id: string): State | 'gone' {
    return this.rows.job(id)?.state ?? 'gone'
  }

  ids(): readonly string[] {
    return this.rows.all().map(({ id }) => id)
  }
}

type Ending = Settlement extends infer One ? (One extends unknown ? Omit<One, 'id' | 'epoch'> : never) : never
