import { birthDeath, meanOf } from './birth-death.ts'

/** The M/M/c/K queue: who finds `capacity` jobs in the system is refused. */
export interface BoundedQueue {
  readonly empty: number
  readonly refused: number
  readonly throughput: number
  readonly depth: number
  readonly system: number
  /** Of those who were let in. */
  readonly wait: number
  readonly sojourn: number
  readonly utilization: number
}

export function boundedQueue(
  arrivalRate: number,
  serviceRate: number,
  servers: number,
  capacity: number,
): BoundedQueue {
  const chain = birthDeath(
    () => arrivalRate,
    (state) => Math.min(state, servers) * serviceRate,
    capacity + 1,
  )
  const refused = chain[capacity]!
  const throughput = arrivalRate * (1 - refused)
  const depth = meanOf(chain, (state) => Math.max(0, state - servers))
  const system = meanOf(chain, (state) => state)
  return {
    empty: chain[0]!,
    refused,
    throughput,
    depth,
    system,
    wait: depth / throughput,
    sojourn: system / throughput,
    utilization: (system - depth) / servers,
  }
}
