import { erlangC } from './erlang.ts'
import { whereFallsTo } from './root.ts'

/** The M/M/c queue, first in first out; rates per second. */
export interface MultiServer {
  readonly utilization: number
  /** Probability to wait. */
  readonly waited: number
  /** Probability of an empty system. */
  readonly empty: number
  readonly wait: number
  readonly sojourn: number
  readonly depth: number
  readonly system: number
  readonly waitAbove: (time: number) => number
  readonly waitQuantile: (p: number) => number
  readonly sojournAbove: (time: number) => number
  readonly sojournQuantile: (p: number) => number
}

/** Every value is `Infinity` or 1 when the load reaches the capacity. */
export function multiServer(arrivalRate: number, serviceRate: number, servers: number): MultiServer {
  const load = arrivalRate / serviceRate
  const spare = Math.max(0, servers * serviceRate - arrivalRate)
  const waited = erlangC(load, servers)
  const wait = waited / spare
  const sojournAbove = (time: number): number => sojournTail(time, waited, spare, serviceRate)
  return {
    utilization: Math.min(1, load / servers),
    waited,
    empty: emptyShare(load, servers, waited),
    wait,
    sojourn: wait + 1 / serviceRate,
    depth: arrivalRate * wait,
    system: arrivalRate * wait + load,
    waitAbove: (time) => waited * Math.exp(-spare * time),
    waitQuantile: (p) => (waited <= 1 - p ? 0 : Math.log(waited / (1 - p)) / spare),
    sojournAbove,
    sojournQuantile: (p) => (spare === 0 ? Infinity : whereFallsTo(1 - p, sojournAbove, 0, 1 / serviceRate)),
  }
}

/** Without wait (1 - C) the service alone, else the wait's exponential and the service's together. */
function sojournTail(time: number, waited: number, spare: number, serviceRate: number): number {
  const service = Math.exp(-serviceRate * time)
  const difference = spare - serviceRate
  if (Math.abs(difference) < 1e-9 * serviceRate) return service * (1 + waited * serviceRate * time)
  const both = (spare * service - serviceRate * Math.exp(-spare * time)) / difference
  return (1 - waited) * service + waited * both
}

/** From Erlang C, which is what the terms of the busy states add up to. */
function emptyShare(load: number, servers: number, waited: number): number {
  if (load >= servers) return 0
  let term = 1
  let below = 0
  for (let k = 0; k < servers; k++) {
    below += term
    term *= load / (k + 1)
  }
  return (1 - waited) / below
}
