import { describe, expect, test } from 'vitest'
import { findStorm } from '../../sim/src/planner/storm.ts'
import { runOnce } from '../../sim/src/report/outcome.ts'
import { runInTurn } from '../../sim/src/report/replications.ts'
import { parseScenario } from '../../sim/src/scenario/parse.ts'

const calls = {
  v: 1,
  name: 'calls',
  classes: [
    { id: 'call', arrivals: { kind: 'poisson', rate: 8 }, service: { dist: 'exponential', mean: 0.1 } },
  ],
  workers: { count: 1 },
}
const impatient = {
  maxFailures: 10,
  backoff: { kind: 'fixed', delay: 0.5 },
  jitter: 'none',
  timeout: 1,
  timeoutFrom: 'ready',
  cancelOnTimeout: false,
}

describe('a storm', { timeout: 120_000 }, () => {
  test('outlasts its cause where waiting makes retries and work for them is done in vain', async () => {
    const { verdict, worstLoad, trials, mitigations } = await findStorm(
      parseScenario({ ...calls, retry: impatient }),
      runInTurn,
    )
    expect(verdict).toBe('metastable')
    expect(worstLoad).toBeCloseTo(8)
    expect(trials.at(-1)).toMatchObject({ stuck: 1 })
    const helps = mitigations.filter(({ removes }) => removes).map(({ change }) => change)
    expect(helps).toContain('handlers stop when their time is up')
    expect(helps).not.toContain('exponential backoff with full jitter')
  })

  test('does not where nobody gives up', async () => {
    const { verdict, mitigations } = await findStorm(
      parseScenario({ ...calls, classes: [{ ...calls.classes[0], failure: { p: 0.05 } }] }),
      runInTurn,
    )
    expect(verdict).toBe('stable')
    expect(mitigations).toEqual([])
  })
})

test('a timeout counted from when the job was ready takes its wait along', () => {
  const timed = (timeoutFrom: string): number =>
    runOnce(
      parseScenario({
        v: 1,
        name: 'two-at-once',
        classes: [
          {
            id: 'a',
            arrivals: { kind: 'trace', times: [0, 0] },
            service: { dist: 'deterministic', value: 0.6 },
          },
        ],
        retry: { maxFailures: 1, timeout: 1, timeoutFrom },
      }),
    ).totals.timeouts
  expect(timed('claim')).toBe(0)
  // The second one has waited 0.6 s and would be done after 1.2.
  expect(timed('ready')).toBe(1)
})
