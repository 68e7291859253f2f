import { draw } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'

const count = 65_536

/** Pearson's statistic over 256 cells; with 255 degrees of freedom it stays under 350 but once in 30,000. */
function chiSquare(draws: readonly number[]): number {
  const cells = Array.from({ length: 256 }, () => 0)
  for (const value of draws) cells[Math.floor(value * 256)]! += 1
  const expected = draws.length / 256
  return cells.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0)
}

function correlation(xs: readonly number[], ys: readonly number[]): number {
  const sum = xs.reduce((total, x, index) => total + (x - 0.5) * (ys[index]! - 0.5), 0)
  return (12 * sum) / xs.length
}

const series = (of: (index: number) => number): readonly number[] =>
  Array.from({ length: count }, (_, index) => of(index))

describe('a draw', () => {
  it('is in [0, 1), and always the same for the same moment, entity and index', () => {
    fc.assert(
      fc.property(fc.integer(), fc.maxSafeNat(), fc.nat(), (seed, entity, index) => {
        const value = draw({ now: 0, seed }, entity, index)
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThan(1)
        expect(draw({ now: 99, seed }, entity, index)).toBe(value)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('is alike in every engine', () => {
    const values = [
      draw({ now: 0, seed: 0 }, 1, 0),
      draw({ now: 0, seed: 1 }, 0, 0),
      draw({ now: 0, seed: -5 }, 2 ** 40 + 3, 9),
    ]
    expect(values.map((value) => value * 2 ** 32)).toEqual([1_906_223_210, 1_461_123_477, 742_568_068])
  })

  it('is uniform over entities, over indexes and over seeds', () => {
    expect(chiSquare(series((entity) => draw({ now: 0, seed: 3 }, entity, 0)))).toBeLessThan(350)
    expect(chiSquare(series((index) => draw({ now: 0, seed: 3 }, 17, index)))).toBeLessThan(350)
    expect(chiSquare(series((seed) => draw({ now: 0, seed }, 17, 0)))).toBeLessThan(350)
    expect(chiSquare(series((entity) => draw({ now: 0, seed: 3 }, entity * 4_294_967_296, 0)))).toBeLessThan(
      350,
    )
  })

  it('says nothing about its neighbours', () => {
    const bound = 5 / Math.sqrt(count)
    const base = series((entity) => draw({ now: 0, seed: 3 }, entity, 0))
    const neighbours = [
      series((entity) => draw({ now: 0, seed: 3 }, entity + 1, 0)),
      series((entity) => draw({ now: 0, seed: 3 }, entity, 1)),
      series((entity) => draw({ now: 0, seed: 4 }, entity, 0)),
      series((entity) => draw({ now: 0, seed: 3 }, entity, 2)),
    ]
    for (const other of neighbours) expect(Math.abs(correlation(base, other))).toBeLessThan(bound)
  })

  it('differs for almost all of many entities', () => {
    expect(new Set(series((entity) => draw({ now: 0, seed: 11 }, entity, 5))).size).toBeGreaterThan(count - 5)
  })
})
