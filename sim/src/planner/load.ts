import { momentsOf } from '../random/distribution.ts'
import type { JobClass, Retry, Scenario } from '../scenario/scenario.ts'
import { meanRate } from '../theory/modulated-arrivals.ts'

/** Workers that the jobs of a scenario keep busy on average, all attempts counted; undefined if arrivals depend on the system. */
export function offeredLoad({ classes, retry, workers }: Scenario): number | undefined {
  const loads = classes.map((one) => {
    const rate = arrivalRate(one)
    return rate === undefined ? undefined : rate * attemptsOf(one, retry) * momentsOf(one.service).mean
  })
  if (loads.some((load) => load === undefined)) return undefined
  return loads.reduce<number>((sum, load) => sum + load!, 0) / workers.concurrency
}

/** The same if every attempt failed: more than there are workers, and a storm of retries can outlast what set it off. */
export function stormLoad({ classes, retry, workers }: Scenario): number | undefined {
  const loads = classes.map((one) => {
    const rate = arrivalRate(one)
    return rate === undefined ? undefined : rate * retry.maxFailures * momentsOf(one.service).mean
  })
  if (loads.some((load) => load === undefined)) return undefined
  return loads.reduce<number>((sum, load) => sum + load!, 0) / workers.concurrency
}

/** Jobs per second in the long run. */
export function arrivalRate({ arrivals }: JobClass): number | undefined {
  switch (arrivals.kind) {
    case 'poisson':
      return arrivals.rate
    case 'deterministic':
      return 1 / arrivals.every
    case 'batch':
      return arrivals.rate * arrivals.size
    case 'mmpp':
      return meanRate(arrivals.rates, arrivals.switch)
    case 'piecewise':
    case 'trace':
    case 'closed':
      return undefined
  }
}

function attemptsOf({ failure }: JobClass, { maxFailures, maxCrashes }: Retry): number {
  if ('poison' in failure) return 1 - failure.poison + failure.poison * maxCrashes
  let attempts = 0
  let reached = 1
  for (let index = 0; index < maxFailures && reached > 0; index++) {
    attempts += reached
    reached *= 'p' in failure ? failure.p : failure.byAttempt[Math.min(index, failure.byAttempt.length - 1)]!
  }
  return attempts
}
