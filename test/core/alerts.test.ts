import { alert, defaultAlertRules, quiet, type AlertRule, type AlertState, type Health } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'

const calm: Health = { depth: 0, lagMs: 0, errorRate: 0, dead: 0 }

describe('an alert rule', () => {
  const depth: AlertRule = { kind: 'depth', above: 100, below: 50, cooldownMs: 1_000 }

  it('is raised above its bound, and cleared only at or below the lower one', () => {
    const looks = [100, 101, 60, 51, 50, 101]
    let state: AlertState = quiet
    const raised = looks.map((count, index) => {
      state = alert(depth, state, { ...calm, depth: count }, index * 10_000)
      return state.raised
    })
    expect(raised).toEqual([false, true, true, true, false, true])
  })

  it('is never raised twice within its cooldown, whatever is seen', () => {
    const look = fc.record({ afterMs: fc.nat({ max: 700 }), depth: fc.nat({ max: 200 }) })
    fc.assert(
      fc.property(fc.array(look, { maxLength: 40 }), (looks) => {
        let state: AlertState = quiet
        let [now, last] = [0, -Infinity]
        for (const { afterMs, depth: count } of looks) {
          now += afterMs
          const next = alert(depth, state, { ...calm, depth: count }, now)
          if (next.raised && !state.raised) {
            expect(count).toBeGreaterThan(100)
            expect(now - last).toBeGreaterThanOrEqual(1_000)
            last = now
          }
          if (state.raised && !next.raised) expect(count).toBeLessThanOrEqual(50)
          state = next
        }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('looks at what its kind names', () => {
    const [byDepth, byLag, byErrors] = defaultAlertRules
    const sick: Health = { depth: 10_001, lagMs: 60_001, errorRate: 0.21, dead: 0 }
    const raised = (rule: AlertRule | undefined, health: Health): boolean =>
      alert(rule!, quiet, health, 0).raised
    expect([raised(byDepth, sick), raised(byLag, sick), raised(byErrors, sick)]).toEqual([true, true, true])
    expect(raised(byDepth, { ...sick, depth: 10_000 })).toBe(false)
    expect(raised(byLag, { ...sick, lagMs: 60_000 })).toBe(false)
    expect(raised(byErrors, { ...sick, errorRate: 0.2 })).toBe(false)
  })

  it('for growing dead letters is raised by new ones, and cleared by a look without', () => {
    const rule = defaultAlertRules[3]!
    let state: AlertState = quiet
    const raised = [0, 2, 5, 5, 3, 3, 4].map((dead, index) => {
      state = alert(rule, state, { ...calm, dead }, index * 1_000_000)
      return state.raised
    })
    expect(raised).toEqual([false, true, true, false, false, false, true])
  })
})
