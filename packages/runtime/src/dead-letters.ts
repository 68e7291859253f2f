import type { DeadFilter, DeadGroup, RedriveReply } from '@millrace/core'
import type { CommandRunner } from './command-runner.ts'
import { JobView } from './job-view.ts'
import { checkJobId } from './enqueue-options.ts'
import { checkName } from './names.ts'
import { badArgument, checkInteger, checkNumber, checkOptions } from './options.ts'
import { encode } from './payload.ts'

/** Which dead letters are meant; all, if nothing is said. */
export interface DeadLetterFilter {
  readonly ids?: readonly string[]
  readonly queue?: string
  readonly name?: string
  readonly fingerprint?: string
  /** At most so many; 100 in a list, 1,000 otherwise, if not given. */
  readonly limit?: number
}

export interface RedriveOptions extends DeadLetterFilter {
  /** So many per second, the first at once; all at once, if not given. */
  readonly ratePerSecond?: number
  /** Takes the place of each one's payload. */
  readonly payload?: unknown
  /** Says what would be redriven, and does nothing. */
  readonly dryRun?: boolean
}

export interface DeadLetterPage {
  readonly jobs: readonly JobView[]
  /** Pass it to get the next page; undefined at the end. */
  readonly cursor: number | undefined
}

const filterNames = ['ids', 'queue', 'name', 'fingerprint', 'limit']
const mostAtOnce = 100_000

/** The jobs that died, each with its history; they wait here until somebody redrives or discards them, or retention does. */
export class DeadLetters {
  readonly #commands: CommandRunner
  readonly #payloadLimit: number

  constructor(commands: CommandRunner, payloadLimit: number) {
    this.#commands = commands
    this.#payloadLimit = payloadLimit
  }

  /** In order of acceptance. */
  async list(
    filter: Omit<DeadLetterFilter, 'ids'> & { readonly cursor?: number } = {},
  ): Promise<DeadLetterPage> {
    checkOptions(filter, ['queue', 'name', 'fingerprint', 'limit', 'cursor'], 'deadLetters.list')
    const { cursor, ...rest } = filter
    const { limit, ...where } = checkFilter(rest, 100)
    const after =
      cursor === undefined ? {} : { after: checkInteger(cursor, 0, Number.MAX_SAFE_INTEGER, 'cursor') }
    const { jobs } = await this.#commands.run('listJobs', { ...where, ...after, state: 'dead', limit })
    return {
      jobs: jobs.map((job) => new JobView(job)),
      cursor: jobs.length < limit ? undefined : jobs.at(-1)!.seq,
    }
  }

  /** What killed them, the most frequent first. */
  async groups(
    options: { readonly queue?: string; readonly limit?: number } = {},
  ): Promise<readonly DeadGroup[]> {
    checkOptions(options, ['queue', 'limit'], 'deadLetters.groups')
    const { limit, queue } = checkFilter(options, mostAtOnce)
    return (await this.#commands.run('groupDead', { limit, ...(queue !== undefined && { queue }) })).groups
  }

  /** Sends them round again, with fresh counters and their history. */
  async redrive(options: RedriveOptions = {}): Promise<RedriveReply> {
    checkOptions(options, [...filterNames, 'ratePerSecond', 'payload', 'dryRun'], 'deadLetters.redrive')
    const { ratePerSecond, payload, dryRun, ...filter } = options
    return await this.#commands.run('redrive', {
      ...checkFilter(filter, 1_000),
      ...(ratePerSecond !== undefined && {
        ratePerSecond: checkNumber(ratePerSecond, 0.001, 1_000_000, 'ratePerSecond'),
      }),
      ...(payload !== undefined && { payload: encode(payload, 'the payload', this.#payloadLimit).text }),
      ...(dryRun !== undefined && { dryRun }),
    })
  }

  /** Removes them for good; answers their ids. */
  async discard(filter: DeadLetterFilter = {}): Promise<readonly string[]> {
    checkOptions(filter, filterNames, 'deadLetters.discard')
    return (await this.#commands.run('discard', checkFilter(filter, 1_000))).discarded
  }
}

function checkFilter(filter: DeadLetterFilter, standardLimit: number): DeadFilter {
  const { ids, queue, name, fingerprint, limit = standardLimit } = filter
  if (ids !== undefined && !Array.isArray(ids)) throw badArgument('ids must be a list of job ids')
  return {
    ...(ids !== undefined && { ids: ids.map(checkJobId) }),
    ...(queue !== undefined && { queue: checkName(queue, 'queue') }),
    ...(name !== undefined && { name: checkName(name, 'name') }),
    ...(fingerprint !== undefined && { fingerprint: String(fingerprint) }),
    limit: checkInteger(limit, 1, mostAtOnce, 'limit'),
  }
}
