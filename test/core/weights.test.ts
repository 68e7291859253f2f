import { nextShare, type Share } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'

const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 })

function sharesOf(list: readonly number[]): readonly Share[] {
  return list.map((weight) => ({ weight, credit: 0 }))
}

describe('turns by weight', () => {
  it('gives 40/40/20 as 2/2/1 in every five turns', () => {
    const shares = sharesOf([40, 40, 20])
    const turns = Array.from({ length: 10 }, () => nextShare(shares, () => true))
    for (const five of [turns.slice(0, 5), turns.slice(5)])
      expect(five.toSorted((a, b) => a - b)).toEqual([0, 0, 1, 1, 2])
  })

  it('serves exactly the weights over every full round', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 4 }), (list, rounds) => {
        const shares = sharesOf(list)
        const total = list.reduce((sum, weight) => sum + weight, 0)
        for (let round = 0; round < rounds; round++) {
          const served = list.map(() => 0)
          for (let turn = 0; turn < total; turn++) served[nextShare(shares, () => true)]! += 1
          expect(served).toEqual(list)
        }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('never serves a queue one job more or less than its share', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 200 }), (list, turns) => {
        const shares = sharesOf(list)
        const total = list.reduce((sum, weight) => sum + weight, 0)
        const bound = 1 - 1 / Math.max(2, 2 * list.length - 2)
        const served = list.map(() => 0)
        for (let turn = 1; turn <= turns; turn++) {
          served[nextShare(shares, () => true)]! += 1
          const gaps = list.map((weight, index) => Math.abs(served[index]! - (turn * weight) / total))
          expect(Math.max(...gaps)).toBeLessThanOrEqual(bound + 1e-9)
        }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it.each([[[34, 1, 1, 34, 3]], [[3, 1, 1, 3, 18, 18, 1]]])(
    'keeps %j within one job, where smooth round robin does not',
    (list) => {
      const shares = sharesOf(list)
      const total = list.reduce((sum, weight) => sum + weight, 0)
      const served = list.map(() => 0)
      for (let turn = 1; turn <= 3 * total; turn++) {
        served[nextShare(shares, () => true)]! += 1
        for (const [index, weight] of list.entries())
          expect(Math.abs(served[index]! - (turn * weight) / total)).toBeLessThan(1)
      }
    },
  )

  it('serves only queues that have work, and says when none has', () => {
    fc.assert(
      fc.property(weights, fc.array(fc.nat(), { maxLength: 60 }), (list, masks) => {
        const shares = sharesOf(list)
        for (const mask of masks) {
          const hasWork = (index: number): boolean => (mask & (1 << index)) !== 0
          const index = nextShare(shares, hasWork)
          if (list.some((_, at) => hasWork(at))) expect(hasWork(index)).toBe(true)
          else expect(index).toBe(-1)
        }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('lets a queue that was idle save no credit: back again, it gets its share and no burst', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 10 }),
        fc.nat({ max: 100 }),
        (a, b, idle) => {
          const shares = sharesOf([a, b])
          for (let turn = 0; turn < idle; turn++) expect(nextShare(shares, (index) => index === 0)).toBe(0)
          let served = 0
          for (let turn = 1; turn <= 3 * (a + b); turn++) {
            if (nextShare(shares, () => true) === 1) served++
            expect(Math.abs(served - (turn * b) / (a + b))).toBeLessThan(2)
          }
        },
      ),
      { numRuns: runs(1_000) },
    )
  })
})
