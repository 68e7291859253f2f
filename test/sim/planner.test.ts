import { describe, expect, test } from 'vitest'
import { readObjective } from '../../sim/src/planner/objective.ts'
import { plan, type Plan } from '../../sim/src/planner/plan.ts'
import type { Patience } from '../../sim/src/planner/probe.ts'
import { runInTurn } from '../../sim/src/report/replications.ts'
import { parseScenario } from '../../sim/src/scenario/parse.ts'
import { multiServer } from '../../sim/src/theory/multi-server.ts'
import { deep, runs } from '../depth.ts'

const hasty: Patience = {
  replications: 10,
  jobs: 2_000,
  mostJobs: 160_000,
  indifference: 0.01,
  confidence: 0.99,
}

function planFor(
  rate: number,
  mean: number,
  slo: string,
  changes: object = {},
  patience = hasty,
): Promise<Plan> {
  const { basis, ...rest } = { basis: 'any', ...changes } as { basis: 'any' | 'simulation' }
  const service = { dist: 'exponential', mean }
  const scenario = parseScenario({
    v: 1,
    classes: [{ id: 'a', arrivals: { kind: 'poisson', rate }, service }],
    ...rest,
  })
  return plan(scenario, readObjective(slo, scenario), { runAll: runInTurn, patience, basis })
}

describe('an objective in words', () => {
  const scenario = parseScenario({
    v: 1,
    classes: [{ id: 'a', arrivals: { kind: 'poisson', rate: 1 }, service: { dist: 'exponential', mean: 1 } }],
  })

  test.for([
    ['p99 wait < 0.5s', { metric: 'p99.wait', lt: 0.5 }],
    ['mean sojourn of a < 2m', { metric: 'mean.sojourn', class: 'a', lt: 120 }],
    ['p95.wait<250ms', { metric: 'p95.wait', lt: 0.25 }],
    ['p50 wait < 3', { metric: 'p50.wait', lt: 3 }],
  ] as const)('%s', ([text, objective]) => {
    expect(readObjective(text, scenario)).toEqual(objective)
  })

  test.for(['p99', 'p98 wait < 1s', 'p99 wait > 1s', 'p99 wait < -1', 'p99 wait of b < 1s', 'p99 wait < 0'])(
    'not %s',
    (text) => {
      expect(() => readObjective(text, scenario)).toThrowError(
        expect.objectContaining({ code: 'BAD_ARGUMENT' }),
      )
    },
  )
})

describe('the planner', () => {
  const answers = [
    [200, 0.25, 'p99 wait < 0.5s', 53],
    [200, 0.25, 'p99 wait < 0.1s', 58],
    [3, 2, 'p99 sojourn < 10s', 8],
  ] as const

  test.for(answers)('%d/s of %d s, %s: %d workers', async ([rate, mean, slo, workers]) => {
    for (let seed = 1; seed <= runs(1, 100); seed++) {
      const found = await planFor(rate, mean, slo, { seed })
      expect(found).toMatchObject({ feasible: true, decided: true, workers, infeasibleBelow: workers - 1 })
      const { probes, confirmations } = found.certificate
      expect(probes.find((probe) => probe.workers === workers)?.verdict).toBe('feasible')
      expect(probes.find((probe) => probe.workers === workers - 1)?.verdict).toBe('infeasible')
      expect(confirmations.map((probe) => probe.workers)).toEqual([workers - 1, workers])
      expect(confirmations[0]!.seeds).toHaveLength(hasty.replications)
      expect(confirmations[0]!.hash).toMatch(/^[0-9a-f]{16}$/)
    }
  })

  test('says why no number of workers is enough', async () => {
    const found = await planFor(20, 0.5, 'p99 sojourn < 2s')
    expect(found).toMatchObject({ feasible: false, decided: true, workers: null })
    expect(found.because).toMatch(/service alone .* takes longer than 2 s allows/)
  })

  test('finds by simulation alone what theory says', { timeout: deep ? 900_000 : 120_000 }, async () => {
    // Bounds in the middle between one number of workers and the next.
    for (const workers of [4, 6]) {
      const p95 = (count: number): number => multiServer(3, 1, count).waitQuantile(0.95)
      const bound = workers === 4 ? 1.5 * p95(4) : Math.sqrt(p95(5) * Math.max(p95(6), 0.15))
      for (let seed = 1; seed <= runs(1, 20); seed++) {
        const found = await planFor(3, 1, `p95 wait < ${bound.toFixed(6)}`, { seed, basis: 'simulation' })
        expect(found).toMatchObject({ feasible: true, workers, infeasibleBelow: workers - 1 })
        expect(found.certificate.probes.every(({ basis }) => basis === 'simulation')).toBe(true)
      }
    }
  })

  test('finds by simulation that nothing is enough', async () => {
    const found = await planFor(3, 1, 'p99 sojourn < 2s', { basis: 'simulation' })
    expect(found).toMatchObject({ feasible: false, workers: null })
  })

  test('says when it has too little data, and between which numbers', async () => {
    const bound = multiServer(3, 1, 5).waitQuantile(0.99)
    const found = await planFor(
      3,
      1,
      `p99 wait < ${bound}`,
      { basis: 'simulation' },
      { ...hasty, mostJobs: 20_000 },
    )
    expect(found.decided).toBe(false)
    expect(found.because).toMatch(/not enough data/)
    expect(found.infeasibleBelow).toBeLessThan(5)
  })

  test('shows what a little more load does, and what one worker less', async () => {
    const { sensitivity, utilization, workerHoursPerMillionJobs } = await planFor(
      200,
      0.25,
      'p99 wait < 0.5s',
    )
    expect(sensitivity.map(({ change, met }) => [change, met])).toEqual([
      ['arrivals +10 %', false],
      ['services +10 %', false],
      ['one worker down', false],
    ])
    expect(utilization).toBeCloseTo(50 / 53, 9)
    expect(workerHoursPerMillionJobs).toBeCloseTo(((53 / 200) * 1e6) / 3_600, 6)
  })

  test('warns of retries that could feed on themselves', async () => {
    const failing = {
      id: 'a',
      arrivals: { kind: 'poisson', rate: 2 },
      service: { dist: 'exponential', mean: 1 },
      failure: { p: 0.1 },
    }
    const { notes } = await planFor(2, 1, 'mean wait < 5s', { classes: [failing] })
    expect(notes).toContainEqual(expect.stringContaining('retries would keep 10.0 workers busy'))
    expect((await planFor(2, 1, 'mean wait < 5s')).notes).toEqual([])
  })
})
