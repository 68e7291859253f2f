import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { boundedQueue } from '../../sim/src/theory/bounded-queue.ts'
import { closedUsers } from '../../sim/src/theory/closed-users.ts'
import { deterministicService } from '../../sim/src/theory/deterministic-service.ts'
import { erlangB, erlangC } from '../../sim/src/theory/erlang.ts'
import { impatience } from '../../sim/src/theory/impatience.ts'
import { infiniteServers } from '../../sim/src/theory/infinite-servers.ts'
import { modulatedArrivals } from '../../sim/src/theory/modulated-arrivals.ts'
import { multiServer } from '../../sim/src/theory/multi-server.ts'
import { priorityWaits, sharedPriorityWaits } from '../../sim/src/theory/priorities.ts'
import { retryNetwork } from '../../sim/src/theory/retry-network.ts'
import { batchServer, breakingServer, singleServer } from '../../sim/src/theory/single-server.ts'

const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, '../../sim/oracle.json'), 'utf8')) as {
  cases: readonly { id: string; expect: Readonly<Record<string, number>> }[]
}
const oracle = (id: string): Readonly<Record<string, number>> => cases.find((one) => one.id === id)!.expect

/** Relative agreement to so many digits. */
function agree(found: number, exact: number, digits = 9): void {
  expect(Math.abs(found / exact - 1)).toBeLessThan(10 ** -digits)
}

describe('M/M/c', () => {
  test.for([
    ['mm1-0.5', 0.5, 1, 1],
    ['mm1-0.9', 0.9, 1, 1],
    ['mmc-20-30-2', 20, 30, 2],
    ['mmc-8-1-10', 8, 1, 10],
    ['mmc-200-4-55', 200, 4, 55],
    ['mmc-rho.9-2', 1.8, 1, 2],
    ['mmc-rho.9-5', 4.5, 1, 5],
    ['mmc-rho.9-20', 18, 1, 20],
  ] as const)('is the oracle’s for %s', ([id, arrivalRate, serviceRate, servers]) => {
    const queue = multiServer(arrivalRate, serviceRate, servers)
    const known: Readonly<Record<string, number>> = {
      p0: queue.empty,
      C: queue.waited,
      Wq: queue.wait,
      W: queue.sojourn,
      Lq: queue.depth,
      L: queue.system,
      p95Wq: queue.waitQuantile(0.95),
      p99Wq: queue.waitQuantile(0.99),
      p99T: queue.sojournQuantile(0.99),
    }
    for (const [name, exact] of Object.entries(oracle(id))) agree(known[name]!, exact)
  })

  test('with one server has the exponential sojourn', () => {
    const queue = multiServer(0.7, 1, 1)
    for (const time of [0.1, 1, 10]) agree(queue.sojournAbove(time), Math.exp(-0.3 * time))
  })

  test('where the spare rate is one server’s, the sojourn is the limit of those beside it', () => {
    agree(multiServer(1, 1, 2).sojournAbove(3), multiServer(1 + 1e-6, 1, 2).sojournAbove(3), 5)
  })

  test('with more servers than it needs is M/G/infinity', () => {
    const many = multiServer(5, 1, 60)
    agree(many.system, infiniteServers(5, 1).system)
    agree(many.empty, infiniteServers(5, 1).atMost(0))
    expect(infiniteServers(5, 1).atMost(100)).toBeCloseTo(1, 12)
  })

  test('without spare capacity waits for ever', () => {
    expect(multiServer(2, 1, 2)).toMatchObject({ waited: 1, wait: Infinity, utilization: 1, empty: 0 })
    expect(erlangC(3, 2)).toBe(1)
  })
})

describe('bounded queues', () => {
  test('Erlang B is the oracle’s', () => {
    agree(erlangB(8.108, 15), oracle('erlb-15').B!)
    agree(erlangB(3, 5), oracle('erlb-5').B!)
  })

  test.for([
    ['mmck-3-4-2-3', 3, 4, 2, 3],
    ['mmck-0.9-1-1-5', 0.9, 1, 1, 5],
  ] as const)('M/M/c/K is the oracle’s for %s', ([id, arrivalRate, serviceRate, servers, capacity]) => {
    const queue = boundedQueue(arrivalRate, serviceRate, servers, capacity)
    const known: Readonly<Record<string, number>> = {
      p0: queue.empty,
      pK: queue.refused,
      L: queue.system,
      Lq: queue.depth,
      thr: queue.throughput,
      W: queue.sojourn,
      Wq: queue.wait,
    }
    for (const [name, exact] of Object.entries(oracle(id))) agree(known[name]!, exact)
  })

  test('M/M/c/c is Erlang B, and M/M/c/large is M/M/c', () => {
    agree(boundedQueue(3, 1, 5, 5).refused, erlangB(3, 5))
    agree(boundedQueue(3, 1, 5, 400).wait, multiServer(3, 1, 5).wait)
    agree(boundedQueue(3, 1, 5, 400).empty, multiServer(3, 1, 5).empty)
  })
})

describe('M/G/1', () => {
  test('is M/M/1 with exponential and M/D/1 with constant service', () => {
    agree(singleServer(0.8, { mean: 1, cv2: 1 }).wait, multiServer(0.8, 1, 1).wait)
    agree(singleServer(0.8, { mean: 1, cv2: 0 }).wait, oracle('md1-.8').Wq!)
  })

  test('batches of one are none, and larger ones wait longer', () => {
    agree(batchServer(0.5, 1, 1).system, multiServer(0.5, 1, 1).system)
    // M^X/M/1 with X = 2 and load 0.5: L = 0.5 * 3 / (2 * 0.5).
    agree(batchServer(0.25, 2, 1).system, 1.5)
  })

  test('a server that is never long away is M/M/1; one that is away half of the time has half the capacity', () => {
    agree(breakingServer(0.5, 1, 1e6, 1e-6).system, multiServer(0.5, 1, 1).system, 5)
    // Failing and mending ever faster becomes a server of half the speed.
    agree(breakingServer(0.25, 1, 1e-6, 1e-6).system, multiServer(0.25, 0.5, 1).system, 5)
    expect(breakingServer(0.5, 1, 1, 1).system).toBe(Infinity)
  })
})

describe('M/D/c', () => {
  test('is the oracle’s', () => {
    agree(deterministicService(3, 1, 4).wait, oracle('mdc-4').Wq!)
    agree(deterministicService(0.8, 1, 1).waitQuantile(0.99), oracle('md1-.8').p99Wq!, 8)
  })

  test('with one server is M/G/1, whatever the unit of time', () => {
    for (const load of [0.3, 0.8, 0.9])
      agree(deterministicService(load * 4, 0.25, 1).wait, singleServer(load, { mean: 1, cv2: 0 }).wait / 4, 8)
  })

  test('the distribution of its wait has its mean', () => {
    const queue = deterministicService(8, 1, 10)
    let integral = 0
    const width = 0.001
    for (let time = width / 2; time < 12; time += width) integral += queue.waitAbove(time) * width
    agree(integral, queue.wait, 4)
  })
})

describe('priorities', () => {
  test('Cobham’s waits are the oracle’s', () => {
    const [first, second] = priorityWaits([
      { rate: 0.2, service: { mean: 1, cv2: 1 } },
      { rate: 0.6, service: { mean: 1, cv2: 1 } },
    ])
    agree(first! + 1, oracle('prio-np').T1!)
    agree(second! + 1, oracle('prio-np').T2!)
  })

  test('serving in another order moves waiting about and makes none (Kleinrock’s conservation law)', () => {
    const rates = [0.1, 0.3, 0.25]
    const services = [0.5, 1, 2].map((mean) => ({ mean, cv2: 1 }))
    const classes = rates.map((rate, index) => ({ rate, service: services[index]! }))
    const work = (order: readonly number[]): number => {
      const waits = priorityWaits(order.map((index) => classes[index]!))
      return order.reduce((sum, index, at) => sum + rates[index]! * services[index]!.mean * waits[at]!, 0)
    }
    agree(work([0, 1, 2]), work([2, 0, 1]))
  })

  test('with several servers they average to M/M/c, and with one they are Cobham’s', () => {
    const [first, second] = sharedPriorityWaits([3, 4], 1, 10)
    agree((3 * first! + 4 * second!) / 7, multiServer(7, 1, 10).wait)
    expect(sharedPriorityWaits([0.2, 0.6], 1, 1)[1]).toBeCloseTo(5, 12)
  })
})

describe('impatience', () => {
  test('Erlang A is the oracle’s', () => {
    const queue = impatience(10, 1, 10, 2)
    const exact = oracle('erlA-10')
    agree(queue.expired, exact.P_ab!)
    agree(queue.depth, exact.Lq!)
    agree(queue.timeWaiting, exact.Ewait_all!)
    agree(queue.waited, exact.P_wait!)
    agree(queue.throughput, exact.thr!)
  })

  test('endless patience is M/M/c, none is Erlang B', () => {
    agree(impatience(8, 1, 10, 1e7).depth, multiServer(8, 1, 10).depth, 5)
    agree(impatience(8, 1, 10, 1e-7).expired, erlangB(8, 10), 5)
  })
})

describe('retries', () => {
  test('with dead letters are the oracle’s', () => {
    const network = retryNetwork(1, 1, 2, [0.2, 0.2, 0.2, 0.2, 0.2], [10, 10, 10, 10])
    const exact = oracle('retry-A')
    agree(network.attempts, exact.E_att!)
    agree(network.attemptRate, exact.lam_eff!)
    agree(network.station.utilization, exact.rho!)
    agree(network.station.waited, exact.C!)
    agree(network.station.wait, exact.Wq!)
    agree(network.station.depth, exact.Lq!)
    agree(network.sojourn, exact.T_all!)
    agree(network.sojournCompleted, exact.T_ok!)
    agree(network.dead, exact.pDLQ!)
    agree(network.inBackoff, exact.N_backoff!)
  })

  test('that never fail are none', () => {
    agree(retryNetwork(8, 1, 10, [0, 0], [5]).sojourn, multiServer(8, 1, 10).sojourn)
  })
})

describe('modulated arrivals', () => {
  test('are the oracle’s', () => {
    const queue = modulatedArrivals([0.4, 1.6], [0.05, 0.15], 1)
    agree(queue.system, oracle('mmpp-1').L!)
    agree(queue.sojourn, oracle('mmpp-1').W!)
  })

  test('of one rate are Poisson; switching ever faster, they become it', () => {
    agree(modulatedArrivals([0.7, 0.7, 0.7], [1, 2, 3], 1).system, multiServer(0.7, 1, 1).system, 8)
    agree(modulatedArrivals([0, 1.4], [1e7, 1e7], 1).system, multiServer(0.7, 1, 1).system, 5)
  })
})

describe('closed users', () => {
  test('of whom there is one never wait', () => {
    const { wait, throughput } = closedUsers(1, 4, 1, 1)
    expect(wait).toBe(0)
    agree(throughput, 1 / 5)
  })

  test('many who think long are Poisson', () => {
    agree(closedUsers(100_000, 100_000 / 0.7, 1, 1).wait, multiServer(0.7, 1, 1).wait, 3)
  })

  test('too many for the workers keep them busy', () => {
    agree(closedUsers(1_000, 1, 2, 3).throughput, 6)
  })
})
