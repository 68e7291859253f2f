import { momentsOf } from '../random/distribution.ts'
import type { JobClass, QueueModel } from '../scenario/scenario.ts'
import { boundedQueue } from './bounded-queue.ts'
import { closedUsers } from './closed-users.ts'
import { deterministicService } from './deterministic-service.ts'
import { erlangB } from './erlang.ts'
import { impatience } from './impatience.ts'
import { modulatedArrivals } from './modulated-arrivals.ts'
import { multiServer } from './multi-server.ts'
import { batchServer, singleServer, type SingleServer } from './single-server.ts'
import type { Theory } from './theory.ts'

/** One class that never fails, in one queue, with workers that never break. */
export function ofOneClass(
  servers: number,
  { capacity }: QueueModel,
  jobClass: JobClass,
): Theory | undefined {
  const { arrivals, service, patience } = jobClass
  const isExponential = service.dist === 'exponential'
  const moments = momentsOf(service)
  if (patience !== 'unlimited') {
    if (arrivals.kind !== 'poisson' || !isExponential || patience.dist !== 'exponential') return undefined
    return capacity === 'unlimited'
      ? ofImpatience(arrivals.rate, service.mean, servers, patience.mean)
      : undefined
  }
  if (capacity !== 'unlimited') {
    if (arrivals.kind !== 'poisson') return undefined
    return ofCapacity(arrivals.rate, moments.mean, servers, capacity, isExponential)
  }
  if (arrivals.kind === 'poisson') return ofPoisson(arrivals.rate, jobClass, servers)
  if (!isExponential) return undefined
  if (arrivals.kind === 'closed') {
    const { users, think } = arrivals
    return fromMeans('closed users', closedUsers(users, momentsOf(think).mean, 1 / service.mean, servers))
  }
  if (servers > 1) return undefined
  if (arrivals.kind === 'mmpp')
    return fromMeans('MMPP/M/1', modulatedArrivals(arrivals.rates, arrivals.switch, 1 / service.mean))
  if (arrivals.kind === 'batch')
    return fromMeans('M^X/M/1', batchServer(arrivals.rate, arrivals.size, service.mean))
  return undefined
}

function ofPoisson(rate: number, { service }: JobClass, servers: number): Theory | undefined {
  const moments = momentsOf(service)
  if (service.dist === 'exponential') return ofMultiServer(rate, service.mean, servers)
  if (service.dist === 'deterministic' && service.value > 0 && rate * service.value < servers) {
    const queue = deterministicService(rate, service.value, servers)
    const wait = { mean: queue.wait, p95: queue.waitQuantile(0.95), p99: queue.waitQuantile(0.99) }
    const sojourn = {
      mean: wait.mean + service.value,
      p95: wait.p95 + service.value,
      p99: wait.p99 + service.value,
    }
    const load = rate * service.value
    return {
      model: `M/D/${servers}`,
      values: {
        utilization: load / servers,
        depth: queue.depth,
        system: queue.depth + load,
        classes: [{ wait, sojourn }],
      },
    }
  }
  return servers === 1 ? fromMeans('M/G/1', singleServer(rate, moments)) : undefined
}

function ofMultiServer(rate: number, mean: number, servers: number): Theory {
  const queue = multiServer(rate, 1 / mean, servers)
  const at = (quantile: (p: number) => number): { p50: number; p95: number; p99: number } => ({
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
  })
  const { utilization, empty, depth, system, waited } = queue
  const wait = { mean: queue.wait, ...at(queue.waitQuantile) }
  const sojourn = { mean: queue.sojourn, ...at(queue.sojournQuantile) }
  return {
    model: `M/M/${servers}`,
    values: {
      utilization,
      empty,
      depth,
      system,
      timeWaiting: queue.wait,
      classes: [{ wait, sojourn, waited }],
    },
  }
}

function ofCapacity(
  rate: number,
  mean: number,
  servers: number,
  capacity: number,
  isExponential: boolean,
): Theory | undefined {
  // As many places as servers: nobody waits, and the law of the service does not matter.
  if (capacity <= servers) {
    const refused = erlangB(rate * mean, capacity)
    const throughput = rate * (1 - refused)
    const classes = [{ refused, wait: { mean: 0 }, sojourn: { mean }, waited: 0 }]
    return {
      model: `M/G/${capacity}/${capacity}`,
      values: { throughput, depth: 0, system: throughput * mean, classes },
    }
  }
  if (!isExponential) return undefined
  const { empty, refused, throughput, depth, system, wait, sojourn, utilization } = boundedQueue(
    rate,
    1 / mean,
    servers,
    capacity,
  )
  const classes = [{ refused, wait: { mean: wait }, sojourn: { mean: sojourn } }]
  return {
    model: `M/M/${servers}/${capacity}`,
    values: { empty, throughput, depth, system, utilization, classes },
  }
}

function ofImpatience(rate: number, mean: number, servers: number, patience: number): Theory {
  const { expired, depth, timeWaiting, waited, throughput, utilization } = impatience(
    rate,
    1 / mean,
    servers,
    patience,
  )
  return {
    model: `M/M/${servers}+M`,
    values: { depth, timeWaiting, throughput, utilization, classes: [{ expired, waited }] },
  }
}

function fromMeans(model: string, queue: SingleServer & { readonly throughput?: number }): Theory {
  const { utilization, depth, system, wait, sojourn, throughput } = queue
  return {
    model,
    values: {
      utilization,
      depth,
      system,
      ...(throughput !== undefined && { throughput }),
      classes: [{ wait: { mean: wait }, sojourn: { mean: sojourn } }],
    },
  }
}
