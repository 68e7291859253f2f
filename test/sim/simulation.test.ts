import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { liveMachine, tableMachine, type Machine } from '../../sim/src/capacity/machine.ts'
import { runOnce, type Outcome } from '../../sim/src/report/outcome.ts'
import { parseScenario } from '../../sim/src/scenario/parse.ts'
import { presets } from '../../sim/src/scenario/presets.ts'
import { runs } from '../depth.ts'

const exponential = { dist: 'exponential', mean: 1 }

/** A scenario with one class, by default one that is busy four fifths of the time. */
function run(changes: object, ofClass: object = {}, machine: Machine = liveMachine()): Outcome {
  const jobClass = { id: 'a', arrivals: { kind: 'poisson', rate: 0.8 }, service: exponential, ...ofClass }
  return runOnce(parseScenario({ v: 1, warmup: 0, classes: [jobClass], stop: { jobs: 2_000 }, ...changes }), {
    machine,
  })
}

const constant = (value: number): object => ({ dist: 'deterministic', value })
const every = (seconds: number): object => ({ kind: 'deterministic', every: seconds })
const trace = (...times: number[]): object => ({ kind: 'trace', times })

describe('the driver', () => {
  test('a job that finds a free worker starts at once, and one that does not waits for the next', () => {
    const { measured, totals, simulatedSeconds } = run(
      { stop: { jobs: 3 } },
      { arrivals: trace(1, 1.5, 10), service: constant(2) },
    )
    expect(totals).toMatchObject({ jobs: 3, accepted: 3, completed: 3, attempts: 3, unfinished: 0 })
    expect(measured.classes[0]!.wait).toMatchObject({ mean: 0.5, p50: 0, p99: 1.5 })
    expect(measured.classes[0]!.sojourn).toMatchObject({ mean: 2.5, p99: 3.5 })
    expect(simulatedSeconds).toBe(12)
  })

  test('a horizon ends the run in the middle of things', () => {
    const { totals, simulatedSeconds } = run(
      { stop: { horizon: 5 } },
      { arrivals: every(1), service: constant(2) },
    )
    expect(simulatedSeconds).toBe(5)
    expect(totals).toMatchObject({ jobs: 5, completed: 2, unfinished: 3 })
  })

  test('a full queue refuses, sheds the oldest, or lets producers wait, as it is told', () => {
    const shape = { arrivals: trace(1, 2, 3, 4), service: constant(10) }
    const overflow = (kind: string): Outcome =>
      run({ queues: { default: { capacity: 2, overflow: kind } }, stop: { jobs: 4 } }, shape)
    expect(overflow('reject').totals).toMatchObject({ accepted: 2, rejected: 2, completed: 2 })
    expect(overflow('shedOldest').totals).toMatchObject({ accepted: 4, expired: 2, completed: 2 })
    const waiting = overflow('wait')
    expect(waiting.totals).toMatchObject({ accepted: 4, rejected: 0, completed: 4 })
    // The third comes in when the first ends (8 s later), the fourth when the second does (17 s later).
    expect(waiting.measured.classes[0]!.sojourn.mean).toBeCloseTo((10 + 19 + 20 + 20) / 4, 9)
  })

  test('a producer waits for thirty seconds and no longer', () => {
    const { totals } = run(
      { queues: { default: { capacity: 1, overflow: 'wait' } }, stop: { jobs: 2 } },
      { arrivals: trace(1, 2), service: constant(100) },
    )
    expect(totals).toMatchObject({ accepted: 1, rejected: 1, completed: 1 })
  })

  test('who is not served in time expires, and never starts', () => {
    const { totals, measured } = run(
      { stop: { jobs: 3 } },
      { arrivals: trace(1, 2, 3), service: constant(5), patience: constant(3.5) },
    )
    expect(totals).toMatchObject({ accepted: 3, completed: 2, expired: 1, attempts: 2 })
    // One is served at once, one gives up after 3.5 s, one is served after 3 s.
    expect(measured.classes[0]!.sojourn.mean).toBeCloseTo((5 + 3.5 + 8) / 3, 9)
  })

  test('failures come back after their backoff and end in the dead letters', () => {
    const { totals, measured, simulatedSeconds } = run(
      {
        retry: { maxFailures: 3, backoff: { kind: 'table', delays: [10, 20] }, jitter: 'none' },
        stop: { jobs: 1 },
      },
      { arrivals: trace(0), service: constant(1), failure: { p: 1 } },
    )
    expect(totals).toMatchObject({ dead: 1, completed: 0, attempts: 3, failures: 3 })
    expect(simulatedSeconds).toBe(33)
    expect(measured.classes[0]!.attemptsPerJob).toBe(3)
  })

  test('failures follow the number of the attempt', () => {
    const { totals } = run(
      { retry: { maxFailures: 5, backoff: { kind: 'fixed', delay: 1 }, jitter: 'none' }, stop: { jobs: 50 } },
      { failure: { byAttempt: [1, 1, 0] } },
    )
    expect(totals).toMatchObject({ completed: 50, attempts: 150, failures: 100 })
  })

  test('poison crashes three workers and is dead', () => {
    const { totals } = run({ stop: { jobs: 50 } }, { failure: { poison: 1 } })
    expect(totals).toMatchObject({ dead: 50, attempts: 150 })
  })

  test('a handler that is over its time frees its worker only if it is told to stop', () => {
    const timed = (cancelOnTimeout: boolean): Outcome =>
      run(
        {
          retry: {
            maxFailures: 2,
            backoff: { kind: 'fixed', delay: 0 },
            jitter: 'none',
            timeout: 1,
            cancelOnTimeout,
          },
          stop: { jobs: 1 },
        },
        { arrivals: trace(0), service: constant(10) },
      )
    expect(timed(true)).toMatchObject({ totals: { dead: 1, timeouts: 2 }, simulatedSeconds: 2 })
    // The second attempt waits until the first, given up long ago, leaves the worker.
    expect(timed(false)).toMatchObject({ totals: { dead: 1, timeouts: 2 }, simulatedSeconds: 20 })
  })

  test('a broken worker goes on with its job; when its lease is over, another does', () => {
    const outage = [{ kind: 'outage', at: 1, for: 100, workers: 1 }]
    const broken = (lease: number, count: number): Outcome =>
      run(
        {
          faults: outage,
          workers: { count, lease },
          retry: { backoff: { kind: 'fixed', delay: 0 }, jitter: 'none' },
          stop: { jobs: 1 },
        },
        { arrivals: trace(0), service: constant(10) },
      )
    expect(broken(1_000, 1)).toMatchObject({ totals: { completed: 1, attempts: 1 }, simulatedSeconds: 110 })
    const { totals, measured } = broken(30, 2)
    expect(totals).toMatchObject({ completed: 1, attempts: 2, lost: 1, failures: 1 })
    // Nobody renews from second 1 on, so the lease of 30 s is over at 30 and a microsecond.
    expect(measured.classes[0]!.sojourn.mean).toBeCloseTo(40, 5)
  })

  test('what a zombie settles after its return is refused', () => {
    const { totals } = run(
      {
        faults: [{ kind: 'outage', at: 1, for: 60, workers: 1 }],
        workers: { count: 2, lease: 30 },
        retry: { backoff: { kind: 'fixed', delay: 0 }, jitter: 'none' },
        stop: { jobs: 2 },
      },
      { arrivals: trace(0, 1_000), service: constant(10) },
    )
    expect(totals).toMatchObject({ completed: 2, attempts: 3, lost: 1 })
  })

  test('services that start in a slow time take longer, and bursts come at their time', () => {
    const { measured, totals } = run(
      {
        faults: [
          { kind: 'slow', at: 5, for: 2, factor: 3 },
          { kind: 'burst', at: 20, class: 'a', jobs: 2 },
        ],
        workers: { count: 9 },
      },
      { arrivals: trace(0, 6, 8), service: constant(1) },
    )
    expect(totals).toMatchObject({ jobs: 5, completed: 5 })
    expect(measured.classes[0]!.sojourn.mean).toBeCloseTo((1 + 3 + 1 + 1 + 1) / 5, 9)
  })

  test('a polling worker finds jobs at its next look', () => {
    const { measured } = run(
      { workers: { count: 1, poll: 1, concurrency: 20 }, stop: { jobs: 400 } },
      { arrivals: { kind: 'poisson', rate: 2 }, service: constant(0.5) },
    )
    expect(measured.classes[0]!.wait.mean).toBeGreaterThan(0.4)
    expect(measured.classes[0]!.wait.mean).toBeLessThan(0.6)
    expect(measured.classes[0]!.wait.p99).toBeLessThanOrEqual(1)
  })

  test('closed users have no more jobs under way than they are', () => {
    const { mostInSystem, totals } = run(
      { stop: { jobs: 500 } },
      { arrivals: { kind: 'closed', users: 7, think: { dist: 'exponential', mean: 1 } } },
    )
    expect(mostInSystem).toBeLessThanOrEqual(7)
    expect(totals.completed).toBe(500)
  })

  test('strict priority goes first, and a fair queue shares', () => {
    const two = (queue: object, priority: number): Outcome =>
      runOnce(
        parseScenario({
          v: 1,
          warmup: 0,
          classes: [
            { id: 'many', arrivals: every(0.1), service: constant(1), priority },
            { id: 'few', arrivals: { kind: 'deterministic', every: 4 }, service: constant(1) },
          ],
          queues: { default: queue },
          stop: { horizon: 400 },
        }),
      )
    const waitOfFew = (outcome: Outcome): number => outcome.measured.classes[1]!.wait.mean
    expect(waitOfFew(two({ ageing: 'strict' }, -1))).toBeLessThan(2)
    expect(waitOfFew(two({ order: 'fair' }, 0))).toBeLessThan(4)
    expect(waitOfFew(two({}, 0))).toBeGreaterThan(50)
  })

  test('workers split their attention by weight', () => {
    const { measured } = runOnce(
      parseScenario({
        v: 1,
        warmup: 0,
        classes: ['high', 'normal', 'low'].map((id) => ({
          id,
          queue: id,
          arrivals: every(0.01),
          service: constant(1),
        })),
        queues: { high: { weight: 40 }, normal: { weight: 40 }, low: { weight: 20 } },
        workers: { count: 10 },
        stop: { horizon: 100 },
      }),
    )
    const shares = measured.classes.map(({ throughput }) => throughput / measured.throughput)
    shares.forEach((share, index) => expect(Math.abs(share - [0.4, 0.4, 0.2][index]!)).toBeLessThan(0.01))
  })

  test('a dedicated worker serves its queue and no other', () => {
    const { totals } = runOnce(
      parseScenario({
        v: 1,
        classes: ['a', 'b'].map((id) => ({ id, queue: id, arrivals: trace(0, 1, 2), service: constant(1) })),
        workers: { count: 0, dedicated: { a: 1 } },
        stop: { horizon: 100 },
      }),
    )
    expect(totals).toMatchObject({ completed: 3, unfinished: 3 })
  })

  test('limits on a queue hold back workers that are free', () => {
    const limited = run(
      { queues: { default: { concurrency: 2 } }, workers: { count: 5 }, stop: { jobs: 100 } },
      { arrivals: every(0.1), service: constant(1) },
    )
    expect(limited.measured.system - limited.measured.depth).toBeLessThanOrEqual(2)
    expect(limited.simulatedSeconds).toBeCloseTo(50, 0)
    const rated = run(
      { queues: { default: { rate: { limit: 2, per: 1 } } }, workers: { count: 50 }, stop: { jobs: 100 } },
      { arrivals: every(0.1), service: constant(1) },
    )
    expect(rated.simulatedSeconds).toBeGreaterThan(48)
    expect(rated.simulatedSeconds).toBeLessThan(52)
  })

  test('a team grows under load and shrinks without', () => {
    const { totals, measured } = run(
      {
        workers: { count: 1, autoscale: { min: 1, max: 20, depth: 10, lag: 5, cooldown: 5, startup: 1 } },
        stop: { horizon: 1_000 },
      },
      {
        arrivals: {
          kind: 'piecewise',
          points: [
            [0, 8],
            [300, 8],
            [300, 0.1],
            [1_000, 0.1],
          ],
        },
      },
    )
    expect(totals.completed / totals.accepted).toBeGreaterThan(0.99)
    // Twenty workers all the time would be used to a seventh.
    expect(measured.utilization).toBeGreaterThan(0.3)
  })

  test('a retry budget keeps most retries away from fresh work', () => {
    const storm = (budget: unknown): Outcome['measured'] =>
      run(
        {
          retry: { maxFailures: 5, backoff: { kind: 'fixed', delay: 1 }, jitter: 'none', budget },
          stop: { horizon: 500 },
        },
        { arrivals: { kind: 'poisson', rate: 1.2 }, failure: { p: 0.5 } },
      ).measured
    const [budgeted, without] = [storm({ ratio: 0.05, burst: 2 }), storm('none')]
    expect(budgeted.backoff).toBeGreaterThan(10 * without.backoff)
    expect(budgeted.depth).toBeLessThan(0.7 * without.depth)
  })
})

describe('a run', () => {
  const small = fc.record({
    seed: fc.nat(),
    count: fc.integer({ min: 1, max: 4 }),
    concurrency: fc.integer({ min: 1, max: 2 }),
    capacity: fc.constantFrom('unlimited', 3, 8),
    overflow: fc.constantFrom('reject', 'wait', 'shedOldest', 'shedLowest'),
    order: fc.constantFrom('priority', 'fair'),
    limit: fc.constantFrom('unlimited', 2),
    rate: fc.constantFrom('unlimited', { limit: 3, per: 2 }),
    patience: fc.constantFrom('unlimited', { dist: 'exponential', mean: 2 }),
    failure: fc.constantFrom({ p: 0 }, { p: 0.4 }, { poison: 0.3 }),
    jitter: fc.constantFrom('none', 'full', 'decorrelated'),
    budget: fc.constantFrom('none', { ratio: 0.2, burst: 3 }),
    timeout: fc.constantFrom('none', 1.5),
    cancelOnTimeout: fc.boolean(),
    poll: fc.constantFrom('none', 0.7),
    breakdown: fc.constantFrom('none', { mtbf: 20, repair: 5 }),
    lease: fc.constantFrom(2, 100),
    autoscale: fc.constantFrom('none', { min: 1, max: 5, depth: 4, lag: 3, cooldown: 4, startup: 1 }),
    closed: fc.boolean(),
  })
  type Small = typeof small extends fc.Arbitrary<infer Value> ? Value : never

  const scenarioOf = (drawn: Small): object => ({
    v: 1,
    seed: drawn.seed,
    classes: [
      {
        id: 'a',
        arrivals: { kind: 'batch', rate: 0.9, size: 2 },
        service: exponential,
        patience: drawn.patience,
        failure: drawn.failure,
      },
      {
        id: 'b',
        priority: 1,
        arrivals: drawn.closed
          ? { kind: 'closed', users: 3, think: exponential }
          : { kind: 'poisson', rate: 0.5 },
        service: { dist: 'erlang', k: 2, mean: 1 },
      },
      { id: 'c', queue: 'other', arrivals: { kind: 'poisson', rate: 0.5 }, service: exponential },
    ],
    queues: {
      default: {
        capacity: drawn.capacity,
        overflow: drawn.overflow,
        order: drawn.order,
        concurrency: drawn.limit,
        rate: drawn.rate,
      },
    },
    workers: {
      count: drawn.count,
      concurrency: drawn.concurrency,
      poll: drawn.poll,
      breakdown: drawn.breakdown,
      lease: drawn.lease,
      autoscale: drawn.autoscale,
      dedicated: { other: 1 },
    },
    retry: {
      maxFailures: 3,
      backoff: { kind: 'exponential', base: 0.5 },
      jitter: drawn.jitter,
      budget: drawn.budget,
      timeout: drawn.timeout,
      cancelOnTimeout: drawn.cancelOnTimeout,
    },
    stop: { horizon: 150 },
  })

  test('is the same on the simulator’s rows as on the memory table, whatever the scenario, to the last event', () => {
    fc.assert(
      fc.property(small, (drawn) => {
        const scenario = parseScenario(scenarioOf(drawn))
        const live = runOnce(scenario, { machine: liveMachine() })
        const table = runOnce(scenario, { machine: tableMachine() })
        expect(live.hash).toBe(table.hash)
        expect(live.events).toBeGreaterThan(50)
        const { accepted, rejected, jobs, completed, dead, expired, unfinished } = live.totals
        expect(completed + dead + expired + unfinished).toBe(accepted)
        expect(unfinished).toBeGreaterThanOrEqual(0)
        // Producers may still be waiting for room at the horizon.
        expect(accepted + rejected).toBeLessThanOrEqual(jobs)
      }),
      { numRuns: runs(40, 2_000) },
    )
  })

  test('is the same twice, and another with another seed', () => {
    const { scenario } = presets.get('video-encoding')!
    const short = { ...scenario, stop: { ...scenario.stop, jobs: 3_000 } }
    const [first, again] = [runOnce(short), runOnce(short)]
    expect(again.checkpoints).toEqual(first.checkpoints)
    expect(again.hash).toBe(first.hash)
    expect(runOnce({ ...short, seed: 2 }).hash).not.toBe(first.hash)
  })

  test('with one more worker has the same jobs: arrivals and services are theirs, not the order’s', () => {
    const work = (count: number): number => {
      const { totals, measured } = run(
        { workers: { count }, stop: { jobs: 500 } },
        { arrivals: { kind: 'poisson', rate: 1.5 } },
      )
      return totals.completed + measured.classes[0]!.sojourn.mean - measured.classes[0]!.wait.mean
    }
    expect(work(3)).toBeCloseTo(work(2), 6)
  })
})
