import { momentsOf } from '../random/distribution.ts'
import type { JobClass, QueueModel, Scenario, Workers } from '../scenario/scenario.ts'
import { ofOneClass } from './one-class.ts'
import { priorityWaits, sharedPriorityWaits } from './priorities.ts'
import { retryNetwork } from './retry-network.ts'
import { breakingServer } from './single-server.ts'
import type { Theory } from './theory.ts'

/** The exact solution of the scenario, if it is one of those that have one. */
export function theoryOf(scenario: Scenario): Theory | undefined {
  const queue = onlyQueue(scenario)
  if (queue === undefined || !isPlainHouse(scenario.workers) || scenario.faults.length > 0) return undefined
  if (scenario.workers.count < 1 || scenario.classes.some(({ history }) => history !== undefined))
    return undefined
  if (scenario.classes.length > 1) return ofPriorities(scenario, queue)
  const [jobClass] = scenario.classes as readonly [JobClass]
  if (scenario.workers.breakdown !== 'none') return ofBreakdowns(scenario, queue, jobClass)
  if (isFailing(jobClass)) return ofRetries(scenario, queue, jobClass)
  if (scenario.retry.timeout !== 'none') return undefined
  return ofOneClass(scenario.workers.count, queue, jobClass)
}

/** One queue, unlimited but perhaps for its capacity, in the order of arrival or of strict priority. */
function onlyQueue({ queues }: Scenario): QueueModel | undefined {
  const [queue, ...others] = Object.values(queues)
  if (queue === undefined || others.length > 0) return undefined
  const isPlain =
    queue.order === 'priority' && queue.concurrency === 'unlimited' && queue.rate === 'unlimited'
  return isPlain && (queue.capacity === 'unlimited' || queue.overflow === 'reject') ? queue : undefined
}

function isPlainHouse({ concurrency, poll, autoscale, dedicated }: Workers): boolean {
  const hasDedicated = Object.values(dedicated).some((count) => count > 0)
  return concurrency === 1 && poll === 'none' && autoscale === 'none' && !hasDedicated
}

function isFailing({ failure }: JobClass): boolean {
  if ('p' in failure) return failure.p > 0
  return 'poison' in failure || failure.byAttempt.some((p) => p > 0)
}

function ofRetries({ workers, retry }: Scenario, queue: QueueModel, jobClass: JobClass): Theory | undefined {
  const { arrivals, service, failure, patience } = jobClass
  if (arrivals.kind !== 'poisson' || service.dist !== 'exponential' || 'poison' in failure) return undefined
  if (patience !== 'unlimited' || queue.capacity !== 'unlimited') return undefined
  if (retry.budget !== 'none' || retry.timeout !== 'none') return undefined
  const failures = Array.from({ length: retry.maxFailures }, (_, index) =>
    'p' in failure ? failure.p : failure.byAttempt[Math.min(index, failure.byAttempt.length - 1)]!,
  )
  const backoffs = meanBackoffs(retry)
  if (backoffs === undefined) return undefined
  const network = retryNetwork(arrivals.rate, 1 / service.mean, workers.count, failures, backoffs)
  const { station } = network
  return {
    model: `M/M/${workers.count} with retries`,
    values: {
      utilization: station.utilization,
      depth: station.depth,
      system: station.system,
      backoff: network.inBackoff,
      throughput: arrivals.rate * (1 - network.dead),
      classes: [
        {
          wait: { mean: station.wait },
          sojourn: { mean: network.sojourn },
          sojournCompleted: network.sojournCompleted,
          attemptRate: network.attemptRate,
          attemptsPerJob: network.attempts,
          dead: network.dead,
          waited: station.waited,
        },
      ],
    },
  }
}

/** Mean waits after each failure; undefined for decorrelated jitter, whose waits depend on each other. */
function meanBackoffs({ backoff, jitter, maxFailures }: Scenario['retry']): number[] | undefined {
  const share = { none: 1, spread: 1.125, full: 0.5, equal: 0.75, decorrelated: undefined }[jitter]
  if (share === undefined) return undefined
  return Array.from({ length: maxFailures - 1 }, (_, index) => {
    switch (backoff.kind) {
      case 'exponential':
        return share * Math.min(backoff.max, backoff.base * backoff.factor ** index)
      case 'linear':
        return share * Math.min(backoff.max, backoff.base + backoff.step * index)
      case 'fixed':
        return share * backoff.delay
      case 'table':
        return share * backoff.delays[Math.min(index, backoff.delays.length - 1)]!
    }
  })
}

function ofBreakdowns(
  { workers, retry }: Scenario,
  queue: QueueModel,
  jobClass: JobClass,
): Theory | undefined {
  const { arrivals, service, patience } = jobClass
  if (workers.breakdown === 'none' || workers.count !== 1 || queue.capacity !== 'unlimited') return undefined
  if (arrivals.kind !== 'poisson' || service.dist !== 'exponential' || isFailing(jobClass)) return undefined
  if (patience !== 'unlimited' || retry.timeout !== 'none') return undefined
  // Only while leases outlast repairs does a job stay with its worker.
  if (workers.lease < 30 * workers.breakdown.repair) return undefined
  const { mtbf, repair } = workers.breakdown
  const { system, sojourn } = breakingServer(arrivals.rate, 1 / service.mean, mtbf, repair)
  return { model: 'M/M/1 with breakdowns', values: { system, classes: [{ sojourn: { mean: sojourn } }] } }
}

function ofPriorities(
  { classes, workers, retry }: Scenario,
  { ageing, capacity }: QueueModel,
): Theory | undefined {
  const isPlain = classes.every(
    (one) => one.arrivals.kind === 'poisson' && one.patience === 'unlimited' && !isFailing(one),
  )
  const hasRanks = new Set(classes.map(({ priority }) => priority)).size === classes.length
  if (!isPlain || !hasRanks || ageing !== 'strict' || capacity !== 'unlimited') return undefined
  if (workers.breakdown !== 'none' || retry.timeout !== 'none') return undefined
  const order = classes.map((_, index) => index).sort((a, b) => classes[b]!.priority - classes[a]!.priority)
  const waits = waitsByUrgency(
    order.map((index) => classes[index]!),
    workers.count,
  )
  if (waits === undefined) return undefined
  const byClass = classes.map((jobClass, index) => {
    const wait = waits[order.indexOf(index)]!
    return { wait: { mean: wait }, sojourn: { mean: wait + momentsOf(jobClass.service).mean } }
  })
  return { model: `M/G/${workers.count} with priorities`, values: { classes: byClass } }
}

function waitsByUrgency(classes: readonly JobClass[], servers: number): readonly number[] | undefined {
  const rates = classes.map(({ arrivals }) => (arrivals.kind === 'poisson' ? arrivals.rate : 0))
  const services = classes.map(({ service }) => momentsOf(service))
  if (servers === 1) return priorityWaits(rates.map((rate, index) => ({ rate, service: services[index]! })))
  const isShared =
    classes.every(({ service }) => service.dist === 'exponential') &&
    services.every(({ mean }) => mean === services[0]!.mean)
  return isShared ? sharedPriorityWaits(rates, 1 / services[0]!.mean, servers) : undefined
}
