import { sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk } from './desk.ts'

const names = ['a', 'b', 'c', 'd']

/** A desk with this many jobs in each of the queues a, b, c, d. */
function stocked(backlogs: readonly number[]): Desk {
  const desk = new Desk()
  for (const [index, count] of backlogs.entries())
    desk.enqueue(
      ...Array.from({ length: count }, (_, nth) =>
        sampleJob(`${names[index]}-${nth}`, { queue: names[index]! }),
      ),
    )
  return desk
}

/** Claims with the credits of the reply before, as a worker does. */
function worker(desk: Desk, weights: readonly number[]): (limit: number) => readonly string[] {
  let queues = weights.map((weight, index) => ({ queue: names[index]!, weight, credit: 0 }))
  return (limit) => {
    const { jobs, credits } = desk.claimReply({ limit, queues })
    queues = queues.map((share, index) => ({ ...share, credit: credits[index]! }))
    return jobs.map(({ queue }) => queue)
  }
}

const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 3 })

describe('a claim from several queues', () => {
  it('keeps each queue within one job of its share while all have work, however many are claimed at a time', () => {
    fc.assert(
      fc.property(weights, fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 6 }), (list, limits) => {
        const claim = worker(stocked(list.map(() => 40)), list)
        const total = list.reduce((sum, weight) => sum + weight, 0)
        const served = list.map(() => 0)
        let turns = 0
        for (const limit of limits) {
          for (const queue of claim(limit)) served[names.indexOf(queue)]! += 1
          turns += limit
          for (const [index, weight] of list.entries())
            expect(Math.abs(served[index]! - (turns * weight) / total)).toBeLessThan(1)
        }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('leaves no slot free while any of them has work', () => {
    fc.assert(
      fc.property(
        weights,
        fc.array(fc.nat({ max: 8 }), { minLength: 3, maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 }),
        (list, backlogs, limits) => {
          const claim = worker(stocked(backlogs.slice(0, list.length)), list)
          let left = backlogs.slice(0, list.length).reduce((sum, count) => sum + count, 0)
          for (const limit of limits) {
            const claimed = claim(limit).length
            expect(claimed).toBe(Math.min(limit, left))
            left -= claimed
          }
        },
      ),
      { numRuns: runs(1_000) },
    )
  })
})

describe('a claim', () => {
  it('names the time at which there may be more, and never a time at which there is nothing', () => {
    const delayed = fc.record({
      delayMs: fc.nat({ max: 500 }),
      deadlineMs: fc.option(fc.nat({ max: 500 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(delayed, { maxLength: 8 }), (jobs) => {
        const desk = new Desk()
        desk.enqueue(
          ...jobs.map(({ delayMs, deadlineMs }, index) =>
            sampleJob(`${index}`, {
              runAt: desk.now + delayMs,
              extras: deadlineMs === undefined ? {} : { deadline: desk.now + deadlineMs },
            }),
          ),
        )
        for (let turn = 0; ; turn++) {
          expect(turn).toBeLessThanOrEqual(2 * jobs.length)
          const { jobs: claimed, nextAt } = desk.claimReply()
          for (const job of claimed) desk.complete(job)
          // What ended may have been the next thing to wait for.
          const next = Math.min(nextAt, desk.rows.nextAt())
          if (next === Infinity) break
          if (claimed.length === 0) expect(next).toBeGreaterThan(desk.now)
          desk.now = Math.max(desk.now, next)
        }
        const open = desk.rows.all().filter(({ state }) => state !== 'completed' && state !== 'expired')
        expect(open).toEqual([])
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('promotes a backlog that falls due at once a thousand at a time, the earliest first', () => {
    const desk = new Desk()
    desk.enqueue(
      ...Array.from({ length: 1_500 }, (_, index) =>
        sampleJob(`${index}`, { runAt: desk.now + 1 + (index % 2) }),
      ),
    )
    desk.now += 10
    const first = desk.claimReply({ limit: 10_000 })
    expect(first.jobs.length).toBe(1_000)
    expect(first.jobs.filter(({ id }) => Number(id) % 2 === 0).length).toBe(750)
    expect(first.nextAt).toBeLessThanOrEqual(desk.now)
    expect(desk.claim({ limit: 10_000 }).length).toBe(500)
  })

  it('starts none of a large backlog whose deadline has passed, and soon comes to what is behind it', () => {
    const desk = new Desk()
    const extras = { deadline: desk.now + 1 }
    desk.enqueue(...Array.from({ length: 1_500 }, (_, index) => sampleJob(`${index}`, { extras })), 'fresh')
    desk.now += 1
    const first = desk.claimReply({ limit: 1 })
    expect([first.jobs, first.nextAt]).toEqual([[], desk.now])
    expect(desk.claim({ limit: 1 }).map(({ id }) => id)).toEqual(['fresh'])
    expect(desk.rows.counters('default').expired).toBe(1_500)
  })

  it('offers what comes after a job whose deadline has passed', () => {
    const desk = new Desk()
    desk.enqueue(sampleJob('late', { extras: { deadline: desk.now + 1 } }), 'next')
    desk.now += 1
    expect(desk.claim({ limit: 1 }).map(({ id }) => id)).toEqual(['next'])
    expect(desk.state('late')).toBe('expired')
  })
})
