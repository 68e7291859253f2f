import { multiServer, type MultiServer } from './multi-server.ts'

/**
 * Jobs whose attempts fail independently and come back after a backoff: a network of the M/M/c station and an infinite
 * server for the waits in between (Baskett, Chandy, Muntz and Palacios 1975), so any law of backoff gives the same means.
 */
export interface RetryNetwork {
  readonly attempts: number
  readonly attemptRate: number
  readonly station: MultiServer
  /** From enqueue to the end, dead or not. */
  readonly sojourn: number
  readonly sojournCompleted: number
  readonly dead: number
  /** Mean number of jobs that wait out a backoff. */
  readonly inBackoff: number
}

/** `failures[k]`: probability that attempt k + 1 fails; after the last one the job is dead. `backoffs[k]`: mean wait after it. */
export function retryNetwork(
  arrivalRate: number,
  serviceRate: number,
  servers: number,
  failures: readonly number[],
  backoffs: readonly number[],
): RetryNetwork {
  let reached = 1
  let attempts = 0
  let backoff = 0
  const successes: { share: number; attempts: number; backoff: number }[] = []
  let waited = 0
  failures.forEach((failure, index) => {
    attempts += reached
    successes.push({ share: reached * (1 - failure), attempts: index + 1, backoff: waited })
    reached *= failure
    if (index === failures.length - 1) return
    backoff += reached * backoffs[index]!
    waited += backoffs[index]!
  })
  const station = multiServer(arrivalRate * attempts, serviceRate, servers)
  const completed = successes.reduce(
    (sum, one) => sum + one.share * (one.attempts * station.sojourn + one.backoff),
    0,
  )
  return {
    attempts,
    attemptRate: arrivalRate * attempts,
    station,
    sojourn: attempts * station.sojourn + backoff,
    sojournCompleted: completed / (1 - reached),
    dead: reached,
    inBackoff: arrivalRate * backoff,
  }
}
