import { states, type Explanation, type ListFilter, type QueueCount, type State } from '@millrace/core'
import type { CommandRunner } from './command-runner.ts'
import { checkJobId } from './enqueue-options.ts'
import { JobView } from './job-view.ts'
import { checkName } from './names.ts'
import { checkInteger, checkOneOf, checkOptions } from './options.ts'

export interface JobFilter {
  readonly queue?: string
  readonly state?: State
  readonly name?: string
  /** At most so many; 100, if not given. */
  readonly limit?: number
  /** Of the page before. */
  readonly cursor?: number
}

export interface JobPage {
  /** In order of acceptance. */
  readonly jobs: readonly JobView[]
  /** Pass it to get the next page; undefined at the end. */
  readonly cursor: number | undefined
}

/** Looks into the store, and changes nothing. */
export class Inspection {
  readonly #commands: CommandRunner

  constructor(commands: CommandRunner) {
    this.#commands = commands
  }

  async job(id: string): Promise<JobView | undefined> {
    const [job] = (await this.#commands.run('findJob', { id: checkJobId(id) })).jobs
    return job === undefined ? undefined : new JobView(job)
  }

  async jobs(filter: JobFilter): Promise<JobPage> {
    const where = listFilter(filter)
    const { jobs } = await this.#commands.run('listJobs', where)
    return {
      jobs: jobs.map((job) => new JobView(job)),
      cursor: jobs.length < where.limit ? undefined : jobs.at(-1)!.seq,
    }
  }

  /** `handled` are the names of jobs this runtime's workers have code for. */
  async explain(id: string, handled: readonly string[] | undefined): Promise<Explanation> {
    return await this.#commands.run('explain', {
      id: checkJobId(id),
      ...(handled !== undefined && { handled }),
    })
  }

  async counts(): Promise<readonly QueueCount[]> {
    return (await this.#commands.run('countJobs', {})).queues
  }
}

function listFilter(filter: JobFilter): ListFilter {
  checkOptions(filter, ['queue', 'state', 'name', 'limit', 'cursor'], 'jobs')
  const { queue, state, name, limit = 100, cursor } = filter
  return {
    ...(queue !== undefined && { queue: checkName(queue, 'queue') }),
    ...(state !== undefined && { state: checkOneOf(state, states, 'state') }),
    ...(name !== undefined && { name: checkName(name, 'name') }),
    ...(cursor !== undefined && { after: checkInteger(cursor, 0, Number.MAX_SAFE_INTEGER, 'cursor') }),
    limit: checkInteger(limit, 1, 100_000, 'limit'),
  }
}
