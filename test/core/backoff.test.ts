import { backoffDelay, defaultBackoff, draw, type Backoff, type Jitter } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'

const ms = fc.nat({ max: 10_000_000 })
const jitter = fc.constantFrom<Jitter>('spread', 'none', 'full', 'equal', 'decorrelated')
const backoff: fc.Arbitrary<Backoff> = fc.oneof(
  fc.record({
    kind: fc.constant('exponential'),
    baseMs: ms,
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    maxMs: ms,
    jitter,
  }),
  fc.record({ kind: fc.constant('linear'), baseMs: ms, stepMs: ms, maxMs: ms, jitter }),
  fc.record({ kind: fc.constant('fixed'), delayMs: ms, jitter }),
  fc.record({ kind: fc.constant('table'), delaysMs: fc.array(ms, { minLength: 1, maxLength: 5 }), jitter }),
)
const nth = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1_000_000 }))
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** The delay as the documentation says it, without any blur. */
function pure(policy: Backoff, count: number): number {
  switch (policy.kind) {
    case 'exponential': {
      let delay = policy.baseMs
      for (let step = 1; step < count && delay < policy.maxMs && delay > 0 && policy.factor > 1; step++)
        delay *= policy.factor
      return Math.min(policy.maxMs, delay)
    }
    case 'linear':
      return Math.min(policy.maxMs, policy.baseMs + (count - 1) * policy.stepMs)
    case 'fixed':
      return policy.delayMs
    case 'table':
      return policy.delaysMs[Math.min(count, policy.delaysMs.length) - 1]!
  }
}

describe('the wait before a retry', () => {
  it('is 1, 2, 4, 8, 16 seconds and up to a quarter more, by default', () => {
    const delays = [1, 2, 3, 4, 5].map((count) => backoffDelay(defaultBackoff, count, 0, 0))
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000])
    expect(backoffDelay(defaultBackoff, 5, 0, 0.999_999)).toBe(20_000)
    expect(backoffDelay(defaultBackoff, 60, 0, 0.999_999)).toBe(3_600_000)
  })

  it('is whole milliseconds, never negative and never without end', () => {
    fc.assert(
      fc.property(backoff, nth, ms, chance, (policy, count, previous, luck) => {
        const delay = backoffDelay(policy, count, previous, luck)
        expect(Number.isInteger(delay)).toBe(true)
        expect(delay).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('stays within the bounds of its jitter, and reaches both', () => {
    fc.assert(
      fc.property(backoff, fc.integer({ min: 1, max: 40 }), chance, (policy, count, luck) => {
        fc.pre(policy.jitter !== 'decorrelated')
        const delay = pure(policy, count)
        const ceiling = policy.kind === 'exponential' || policy.kind === 'linear' ? policy.maxMs : Infinity
        const [least, most] = {
          none: [delay, delay],
          spread: [delay, Math.min(ceiling, delay * 1.25)],
          full: [0, delay],
          equal: [delay / 2, delay],
        }[policy.jitter as 'none']!
        // Powers are rounded on the way; a millisecond of slack is not a draw.
        const slack = 1 + delay * 1e-9
        expect(backoffDelay(policy, count, 0, luck)).toBeGreaterThanOrEqual(least! - slack)
        expect(backoffDelay(policy, count, 0, luck)).toBeLessThanOrEqual(most! + slack)
        expect(Math.abs(backoffDelay(policy, count, 0, 0) - least!)).toBeLessThanOrEqual(slack)
        expect(Math.abs(backoffDelay(policy, count, 0, 1 - 2 ** -53) - most!)).toBeLessThanOrEqual(slack)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('never goes down from one failure to the next with the same luck', () => {
    fc.assert(
      fc.property(backoff, fc.integer({ min: 1, max: 40 }), chance, (policy, count, luck) => {
        fc.pre(policy.kind !== 'table' && policy.jitter !== 'decorrelated')
        expect(backoffDelay(policy, count + 1, 0, luck)).toBeGreaterThanOrEqual(
          backoffDelay(policy, count, 0, luck),
        )
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('decorrelated, lies between the base and three times the wait before, under the ceiling', () => {
    fc.assert(
      fc.property(ms, ms, ms, chance, nth, (baseMs, maxMs, previous, luck, count) => {
        const policy: Backoff = { kind: 'exponential', baseMs, factor: 2, maxMs, jitter: 'decorrelated' }
        const delay = backoffDelay(policy, count, previous, luck)
        const base = Math.min(baseMs, maxMs)
        expect(delay).toBeGreaterThanOrEqual(base)
        expect(delay).toBeLessThanOrEqual(Math.min(maxMs, Math.max(base, 3 * (previous || base))))
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('fills the whole range of its jitter evenly, not the edges or one half', () => {
    for (const [kind, least, most] of [
      ['spread', 100_000, 125_000],
      ['full', 0, 100_000],
      ['equal', 50_000, 100_000],
    ] as const) {
      const policy: Backoff = { kind: 'fixed', delayMs: 100_000, jitter: kind }
      const buckets = Array.from({ length: 10 }, () => 0)
      for (let job = 0; job < 10_000; job++) {
        const delay = backoffDelay(policy, 1, 0, draw({ now: 0, seed: 7 }, job, 1))
        buckets[Math.min(9, Math.floor(((delay - least) / (most - least)) * 10))]! += 1
      }
      for (const count of buckets) expect(Math.abs(count - 1_000), kind).toBeLessThan(150)
    }
  })
})
