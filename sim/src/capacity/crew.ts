import type { Request } from '@millrace/core'
import type { Scenario } from '../scenario/scenario.ts'

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }
type ClaimRequest = Mutable<Request<'claim'>>

/** Workers that serve the same queues. */
export interface Team {
  readonly queues: readonly number[]
  readonly names: readonly string[]
  weights: readonly number[]
  /** Workers that may have a free slot; each stands here at most once. */
  readonly idle: number[]
}

export interface Worker {
  readonly index: number
  readonly team: Team
  /** Slots in use. */
  busy: number
  /** False while it is broken. */
  up: boolean
  /** True once it takes no more jobs. */
  retired: boolean
  /** True while it stands in its team's idle list. */
  listed: boolean
  /** How many reasons keep it down: a breakdown and an outage may overlap. */
  reasons: number
  /** Kept and filled in for each claim; it carries the memory of the weighted round robin. */
  readonly claim: ClaimRequest
}

// A healthy worker renews its leases for as long as it works, so no lease of its ends: 30 years.
const healthyLeaseMs = 1e12

/** All workers, and which of them have a free slot. */
export class Crew {
  readonly workers: Worker[] = []
  readonly teams: readonly Team[]
  readonly #concurrency: number

  constructor({ workers, queues }: Scenario) {
    this.#concurrency = workers.concurrency
    const names = Object.keys(queues)
    const team = (served: readonly string[]): Team => ({
      names: served,
      queues: served.map((name) => names.indexOf(name)),
      weights: weightsOf(served, { workers, queues }),
      idle: [],
    })
    const dedicated = Object.entries(workers.dedicated)
    // Who can do only this goes first.
    this.teams = [...dedicated.map(([name]) => team([name])), team(names)]
    dedicated.forEach(([, count], index) => {
      for (let worker = 0; worker < count; worker++) this.hire(this.teams[index]!)
    })
    for (let worker = 0; worker < workers.count; worker++) this.hire(this.teams.at(-1)!)
  }

  reweigh(scenario: Scenario): void {
    for (const team of this.teams) team.weights = weightsOf(team.names, scenario)
    for (const { claim, team } of this.workers)
      claim.queues = claim.queues.map((share, index) => ({ ...share, weight: team.weights[index]! }))
  }

  hire(team: Team): Worker {
    const worker: Worker = {
      index: this.workers.length,
      team,
      busy: 0,
      up: true,
      retired: false,
      listed: false,
      reasons: 0,
      claim: {
        owner: `worker-${this.workers.length}`,
        leaseMs: healthyLeaseMs,
        limit: 1,
        queues: team.names.map((queue, index) => ({ queue, weight: team.weights[index]!, credit: 0 })),
      },
    }
    this.workers.push(worker)
    this.list(worker)
    return worker
  }

  free(worker: Worker): number {
    return worker.up && !worker.retired ? this.#concurrency - worker.busy : 0
  }

  /** Puts a worker with a free slot where `idle` finds it. */
  list(worker: Worker): void {
    if (worker.listed || this.free(worker) <= 0) return
    worker.listed = true
    worker.team.idle.push(worker.index)
  }

  /** A worker of the team with a free slot; it stays listed. */
  idle(team: Team): Worker | undefined {
    const { idle } = team
    while (idle.length > 0) {
      const worker = this.workers[idle[idle.length - 1]!]!
      if (this.free(worker) > 0) return worker
      worker.listed = false
      idle.pop()
    }
    return undefined
  }
}

function weightsOf(
  served: readonly string[],
  { workers, queues }: Pick<Scenario, 'workers' | 'queues'>,
): readonly number[] {
  return served.map((name) => workers.weights[name] ?? queues[name]!.weight)
}
