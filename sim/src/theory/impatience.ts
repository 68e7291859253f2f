import { birthDeath, meanOf } from './birth-death.ts'

/** Erlang A, the M/M/c+M queue (Palm 1943; Garnett, Mandelbaum and Reiman 2002): who waits longer than an exponential patience goes away. */
export interface Impatience {
  /** Share of the jobs that go away. */
  readonly expired: number
  readonly depth: number
  /** Over all jobs, those that go away among them. */
  readonly timeWaiting: number
  readonly waited: number
  readonly throughput: number
  readonly utilization: number
}

export function impatience(
  arrivalRate: number,
  serviceRate: number,
  servers: number,
  patience: number,
): Impatience {
  const chain = birthDeath(
    () => arrivalRate,
    (state) => Math.min(state, servers) * serviceRate + Math.max(0, state - servers) / patience,
  )
  const depth = meanOf(chain, (state) => Math.max(0, state - servers))
  const expired = depth / patience / arrivalRate
  return {
    expired,
    depth,
    timeWaiting: depth / arrivalRate,
    waited: meanOf(chain, (state) => (state >= servers ? 1 : 0)),
    throughput: arrivalRate * (1 - expired),
    utilization: meanOf(chain, (state) => Math.min(state, servers)) / servers,
  }
}
