import { describe, expect, test } from 'vitest'
import { runOnce, type Outcome } from '../../sim/src/report/outcome.ts'
import { parseScenario } from '../../sim/src/scenario/parse.ts'
import type { Scenario } from '../../sim/src/scenario/scenario.ts'

const at = 500

const jobClass = {
  id: 'a',
  arrivals: { kind: 'poisson', rate: 0.9 },
  service: { dist: 'exponential', mean: 1 },
}
const before = parseScenario({ v: 1, seed: 4, warmup: at, classes: [jobClass], horizon: 20_000 })

function forkedInto(change: object, from: Scenario = before): Outcome {
  return runOnce(from, { fork: { at, scenario: parseScenario({ ...from, ...change }) } })
}

/** Checkpoints of both that are alike from the start on. */
function common(a: Outcome, b: Outcome): number {
  const differs = a.checkpoints.findIndex((digest, index) => digest !== b.checkpoints[index])
  return differs < 0 ? a.checkpoints.length : differs
}

const wait = ({ measured }: Outcome): number => measured.classes[0]!.wait.mean
const whole = runOnce(before)

describe('a fork', () => {
  const withService = (mean: number): object => ({
    classes: [{ ...jobClass, service: { dist: 'exponential', mean } }],
  })
  const withRate = (rate: number): object => ({
    classes: [{ ...jobClass, arrivals: { kind: 'poisson', rate } }],
  })

  test.for([
    ['more workers', { workers: { ...before.workers, count: 2 } }, 0.05, 0.6],
    ['shorter services', withService(0.5), 0.2, 0.7],
    ['fewer arrivals', withRate(0.5), 0.7, 1.4],
    [
      'arrivals of another kind',
      { classes: [{ ...jobClass, arrivals: { kind: 'deterministic', every: 2 } }] },
      0.05,
      0.5,
    ],
  ] as const)(
    '%s: the past is the same to the bit, the future is that of the new settings',
    ([, change, least, most]) => {
      const other = forkedInto(change)
      // 500 s at 0.9 a second are some 1,350 events.
      expect(common(whole, other)).toBe(1)
      expect(wait(whole)).toBeGreaterThan(5)
      expect(wait(other)).toBeGreaterThan(least)
      expect(wait(other)).toBeLessThan(most)
    },
  )

  test('a queue, retries and failures change, and workers leave', () => {
    const two = parseScenario({ ...before, workers: { ...before.workers, count: 2 } })
    const fewer = forkedInto({ workers: before.workers }, two)
    expect(wait(fewer)).toBeCloseTo(wait(whole), -1)
    const bounded = forkedInto({ queues: { default: { ...before.queues.default, capacity: 5 } } })
    expect(bounded.totals.rejected).toBeGreaterThan(500)
    expect(bounded.mostInSystem).toBeGreaterThan(5)
    const failing = forkedInto({
      classes: [{ ...jobClass, failure: { p: 0.1 } }],
      retry: { maxFailures: 2, backoff: { kind: 'fixed', delay: 1 }, jitter: 'none' },
    })
    expect(failing.totals.dead).toBeGreaterThan(50)
    const slow = forkedInto({ faults: [{ kind: 'outage', at: 600, for: 100, workers: 1 }] })
    expect(slow.mostWaiting).toBeGreaterThan(80)
  })

  test('jobs to come are counted by the new settings, and the old ones count', () => {
    const counted = parseScenario({ ...before, horizon: 'none', stop: { jobs: 1_000 } })
    expect(forkedInto({ stop: { jobs: 3_000 } }, counted).totals).toMatchObject({
      jobs: 3_000,
      completed: 3_000,
    })
    expect(forkedInto({ stop: { jobs: 100 } }, counted).totals.jobs).toBeGreaterThan(300)
  })

  test.for([
    [{ seed: 5 }, 'fork.scenario.seed'],
    [{ classes: [{ ...jobClass, id: 'b' }] }, 'fork.scenario.classes'],
    [{ queues: { default: { order: 'fair' } } }, 'fork.scenario.queues.default.order'],
    [{ workers: { count: 1, concurrency: 2 } }, 'fork.scenario.workers'],
    [{ faults: [{ kind: 'slow', at: 499, for: 1, factor: 2 }] }, 'fork.scenario.faults[0].at'],
  ] as const)('what a running system cannot take up is refused: %j', ([change, path]) => {
    expect(() => forkedInto(change)).toThrow(path)
  })
})
