import { autoscale, defaultScalePolicy, type Load, type Scale } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'

describe('the autoscale decision', () => {
  const policy = { ...defaultScalePolicy, max: 32 }
  const idle: Load = { depth: 0, lagMs: 0, busy: 0 }

  it('stays within its bounds, changes at most once in a cooldown, and at most doubles', () => {
    const look = fc.record({
      afterMs: fc.nat({ max: 40_000 }),
      load: fc.record({
        depth: fc.nat({ max: 20_000 }),
        lagMs: fc.nat({ max: 200_000 }),
        busy: fc.nat({ max: 32 }),
      }),
    })
    fc.assert(
      fc.property(fc.array(look, { maxLength: 30 }), (looks) => {
        let scale: Scale = { size: 4, changedAt: -1e9, because: 'steady' }
        let now = 0
        for (const { afterMs, load } of looks) {
          now += afterMs
          const next = autoscale(scale, load, policy, now)
          expect(next.size).toBeGreaterThanOrEqual(policy.min)
          expect(next.size).toBeLessThanOrEqual(policy.max)
          expect(next.size).toBeLessThanOrEqual(2 * scale.size)
          if (next.size !== scale.size)
            expect(now - scale.changedAt).toBeGreaterThanOrEqual(policy.cooldownMs)
          if (next.size > scale.size)
            expect(load.depth > policy.depth || load.lagMs > policy.lagMs).toBe(true)
          if (next.size < scale.size) expect(load.busy).toBeLessThan(scale.size * policy.relief)
          scale = next
        }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('says why', () => {
    const scale: Scale = { size: 8, changedAt: 0, because: 'steady' }
    const because = (load: Load, now = 1e6): string => autoscale(scale, load, policy, now).because
    expect(because({ ...idle, depth: 1_500, busy: 8 })).toBe('depth')
    expect(because({ ...idle, lagMs: 40_000, busy: 8 })).toBe('lag')
    expect(because(idle)).toBe('idle')
    expect(because({ ...idle, depth: 900, busy: 8 })).toBe('steady')
    expect(because({ ...idle, depth: 1_500, busy: 8 }, 1_000)).toBe('cooldown')
  })

  it('goes down by a quarter, up in proportion, and mends a size out of bounds at once', () => {
    const scale: Scale = { size: 8, changedAt: 0, because: 'steady' }
    expect(autoscale(scale, idle, policy, 1e6).size).toBe(6)
    expect(autoscale(scale, { ...idle, depth: 1_500 }, policy, 1e6).size).toBe(12)
    expect(autoscale({ ...scale, size: 100, changedAt: 1e6 }, { ...idle, busy: 100 }, policy, 1e6).size).toBe(
      32,
    )
  })
})
