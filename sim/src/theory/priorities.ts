import type { Moments } from '../random/distribution.ts'
import { erlangC } from './erlang.ts'

/** A class of a queue that serves the most urgent first and interrupts nobody. */
export interface Urgency {
  readonly rate: number
  readonly service: Moments
}

/** Mean waits of the classes, most urgent first (Cobham 1954), with one server. */
export function priorityWaits(classes: readonly Urgency[]): readonly number[] {
  const residual = classes.reduce(
    (sum, { rate, service }) => sum + (rate * service.mean ** 2 * (1 + service.cv2)) / 2,
    0,
  )
  return waits(
    residual,
    classes.map(({ rate, service }) => rate * service.mean),
  )
}

/** The same with several servers, when all classes have one exponential service. */
export function sharedPriorityWaits(
  rates: readonly number[],
  serviceRate: number,
  servers: number,
): readonly number[] {
  const load = rates.reduce((sum, rate) => sum + rate, 0) / serviceRate
  return waits(
    erlangC(load, servers) / (servers * serviceRate),
    rates.map((rate) => rate / serviceRate / servers),
  )
}

function waits(residual: number, loads: readonly number[]): readonly number[] {
  let above = 0
  return loads.map((load) => {
    const upTo = above + load
    const wait = upTo >= 1 ? Infinity : residual / ((1 - above) * (1 - upTo))
    above = upTo
    return wait
  })
}
