import { sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk } from './desk.ts'

const weight = fc.constantFrom(0.5, 1, 2, 3, 7)

/** Adds jobs of a key to the backlog. */
function backlog(desk: Desk, key: string, count: number, from = 0): void {
  desk.enqueue(
    ...Array.from({ length: count }, (_, index) => sampleJob(`${key}-${from + index}`, { extras: { key } })),
  )
}

describe('fair queueing over keys', () => {
  it(
    'keeps |Si/wi - Sj/wj| within 1/wi + 1/wj for keys with backlog, in any interval',
    { timeout: 600_000 },
    () => {
      fc.assert(
        fc.property(
          weight,
          weight,
          weight,
          fc.nat({ max: 10 }),
          fc.integer({ min: 1, max: 4 }),
          (a, b, c, skip, batch) => {
            const weights: Record<string, number> = { a, b, c }
            const desk = new Desk({ order: 'fair', keyWeights: weights })
            for (const key of ['a', 'b', 'c']) backlog(desk, key, 12)
            desk.claim({ limit: skip })
            const served: Record<string, number> = { a: 0, b: 0, c: 0 }
            for (;;) {
              const jobs = desk.claim({ limit: batch })
              for (const job of jobs) served[job.extras.key!]! += 1
              const left = (key: string): number =>
                desk.rows.all().filter((job) => job.state === 'enqueued' && job.extras.key === key).length
              if (jobs.length < batch || Math.min(left('a'), left('b'), left('c')) === 0) break
              for (const [i, j] of [
                ['a', 'b'],
                ['b', 'c'],
                ['a', 'c'],
              ] as const) {
                const gap = Math.abs(served[i]! / weights[i]! - served[j]! / weights[j]!)
                // Tags are sums of 1/w in floating point.
                expect(gap).toBeLessThanOrEqual(1 / weights[i]! + 1 / weights[j]! + 1e-9)
              }
            }
          },
        ),
        { numRuns: runs(1_000) },
      )
    },
  )

  it('serves a key that comes late at once, and gives it no credit for the time it was away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (before) => {
        const desk = new Desk({ order: 'fair' })
        backlog(desk, 'busy', 40)
        desk.claim({ limit: before })
        backlog(desk, 'late', 10)
        const next = desk.claim({ limit: 6 }).map((job) => job.extras.key)
        const late = next.filter((key) => key === 'late').length
        expect(late).toBeGreaterThanOrEqual(2)
        expect(late).toBeLessThanOrEqual(4)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('forgets idle keys without a change of order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'claim'), { maxLength: 30 }), (deeds) => {
        const [kept, pruned] = [new Desk({ order: 'fair' }), new Desk({ order: 'fair' })]
        const claims = [kept, pruned].map((desk) => {
          let count = 0
          return deeds.flatMap((deed) => {
            if (desk === pruned) desk.run('prune', { limit: 10 })
            if (deed === 'claim') return desk.claim({ limit: 1 }).map(({ id }) => id)
            desk.enqueue(sampleJob(`${deed}-${count++}`, { extras: { key: deed } }))
            return []
          })
        })
        expect(claims[1]).toEqual(claims[0])
        expect(pruned.rows.keys('default').length).toBeLessThanOrEqual(kept.rows.keys('default').length)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('treats jobs without a key as one key', () => {
    const desk = new Desk({ order: 'fair' })
    desk.enqueue('1', '2', '3')
    backlog(desk, 'k', 3)
    expect(desk.claim().map(({ id }) => id)).toEqual(['1', 'k-0', '2', 'k-1', '3', 'k-2'])
  })
})
