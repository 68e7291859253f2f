import { birthDeath, meanOf } from './birth-death.ts'

/** Users who each think, send a job and wait for its end (the machine repair model; think times count by their mean alone). */
export interface ClosedUsers {
  readonly throughput: number
  readonly depth: number
  readonly system: number
  readonly wait: number
  readonly sojourn: number
  readonly utilization: number
}

export function closedUsers(users: number, think: number, serviceRate: number, servers: number): ClosedUsers {
  const chain = birthDeath(
    (state) => (users - state) / think,
    (state) => Math.min(state, servers) * serviceRate,
    users + 1,
  )
  const system = meanOf(chain, (state) => state)
  const depth = meanOf(chain, (state) => Math.max(0, state - servers))
  const throughput = (users - system) / think
  return {
    throughput,
    depth,
    system,
    wait: depth / throughput,
    sojourn: system / throughput,
    utilization: (system - depth) / servers,
  }
}
