import type { Moments } from '../random/distribution.ts'

/** Means of a queue with one server. */
export interface SingleServer {
  readonly utilization: number
  readonly wait: number
  readonly sojourn: number
  readonly depth: number
  readonly system: number
}

/** The M/G/1 queue (Pollaczek 1930, Khinchine 1932). */
export function singleServer(arrivalRate: number, service: Moments): SingleServer {
  const load = arrivalRate * service.mean
  const wait = load >= 1 ? Infinity : (load * service.mean * (1 + service.cv2)) / (2 * (1 - load))
  return means(arrivalRate, service.mean, wait)
}

/** The M^X/M/1 queue: batches of a fixed size. */
export function batchServer(batchRate: number, size: number, serviceMean: number): SingleServer {
  const arrivalRate = batchRate * size
  const load = arrivalRate * serviceMean
  const system = load >= 1 ? Infinity : (load * (1 + size)) / (2 * (1 - load))
  return means(arrivalRate, serviceMean, system / arrivalRate - serviceMean)
}

/** A server that fails at rate 1/mtbf, busy or not, and goes on with its job after the repair (White and Christie 1958). */
export function breakingServer(
  arrivalRate: number,
  serviceRate: number,
  mtbf: number,
  repair: number,
): SingleServer {
  const fail = 1 / mtbf
  const mend = 1 / repair
  const spare = mend * serviceRate - arrivalRate * (fail + mend)
  const system =
    spare <= 0
      ? Infinity
      : (arrivalRate * ((fail + mend) ** 2 + serviceRate * fail)) / ((fail + mend) * spare)
  const sojourn = system / arrivalRate
  // A job is in service from its first moment to its last, repairs in between included.
  const inService = (1 / serviceRate) * (1 + fail / mend)
  return means(arrivalRate, inService, sojourn - inService)
}

function means(arrivalRate: number, service: number, wait: number): SingleServer {
  return {
    utilization: Math.min(1, arrivalRate * service),
    wait,
    sojourn: wait + service,
    depth: arrivalRate * wait,
    system: arrivalRate * (wait + service),
  }
}
