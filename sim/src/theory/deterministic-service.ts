import { multiServer } from './multi-server.ts'
import { whereFallsTo } from './root.ts'

/** The M/D/c queue (Erlang 1909; Crommelin 1932; distribution after Franx 2001, whose terms are all positive). */
export interface DeterministicService {
  readonly wait: number
  readonly depth: number
  waitAbove(time: number): number
  waitQuantile(p: number): number
}

export function deterministicService(
  arrivalRate: number,
  service: number,
  servers: number,
): DeterministicService {
  const chain = stationary(arrivalRate * service, servers)
  const depth = chain.reduce((sum, probability, state) => sum + probability * Math.max(0, state - servers), 0)
  const cumulative = new Float64Array(chain.length)
  chain.reduce((sum, probability, state) => (cumulative[state] = sum + probability), 0)
  const waitAbove = (time: number): number => 1 - waitWithin(time, arrivalRate, service, servers, cumulative)
  return {
    depth,
    wait: depth / arrivalRate,
    waitAbove,
    waitQuantile: (p) => (waitAbove(0) <= 1 - p ? 0 : whereFallsTo(1 - p, waitAbove, 0, service)),
  }
}

/** Who was in service has left one service time later, who came meanwhile is still there: N' = max(N - c, 0) + Poisson. */
function stationary(load: number, servers: number): Float64Array {
  const arrivals = poisson(load)
  const states = statesFor(load, servers) + arrivals.length
  let chain = geometricStart(load, servers, states)
  for (let round = 0; round < 1_000_000; round++) {
    const next = step(chain, arrivals, servers)
    const change = next.reduce((most, value, state) => Math.max(most, Math.abs(value - chain[state]!)), 0)
    chain = next
    if (change < 1e-16) break
  }
  return chain
}

/** As many as the M/M/c queue, whose tail is heavier, needs to leave out less than 1e-15. */
function statesFor(load: number, servers: number): number {
  return servers + Math.ceil(-36 / Math.log(load / servers)) + 10
}

function geometricStart(load: number, servers: number, states: number): Float64Array {
  const { waited } = multiServer(load, 1, servers)
  const ratio = load / servers
  const chain = new Float64Array(states)
  chain.fill((1 - waited) / servers, 0, servers)
  for (let state = servers; state < states; state++)
    chain[state] = waited * (1 - ratio) * ratio ** (state - servers)
  return chain
}

function step(chain: Float64Array, arrivals: Float64Array, servers: number): Float64Array {
  const next = new Float64Array(chain.length)
  let idle = 0
  for (let state = 0; state <= servers; state++) idle += chain[state]!
  for (let state = servers; state < chain.length; state++) {
    const probability = state === servers ? idle : chain[state]!
    const most = Math.min(arrivals.length, chain.length - (state - servers))
    for (let count = 0; count < most; count++)
      next[state - servers + count]! += probability * arrivals[count]!
  }
  const total = next.reduce((sum, value) => sum + value, 0)
  return next.map((value) => value / total)
}

function poisson(mean: number): Float64Array {
  const most = Math.ceil(mean + 12 * Math.sqrt(mean) + 30)
  const logs = new Float64Array(most)
  logs[0] = -mean
  for (let count = 1; count < most; count++) logs[count] = logs[count - 1]! + Math.log(mean / count)
  return logs.map((log) => Math.exp(log))
}

function waitWithin(
  time: number,
  arrivalRate: number,
  service: number,
  servers: number,
  cumulative: Float64Array,
): number {
  const services = Math.floor(time / service) + 1
  const rest = arrivalRate * (services * service - time)
  const last = services * servers - 1
  let log = -rest
  let sum = 0
  for (let count = 0; count <= last; count++) {
    if (count > 0) log += Math.log(rest / count)
    const state = Math.min(cumulative.length - 1, servers + last - count)
    sum += cumulative[state]! * Math.exp(log)
  }
  return Math.min(1, sum)
}
