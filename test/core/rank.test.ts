import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleJob } from '@millrace/store-spec'
import { runs } from '../depth.ts'
import { Desk, start } from './desk.ts'

const arrival = fc.record({
  afterMs: fc.nat({ max: 5_000 }),
  priority: fc.integer({ min: -1_000, max: 1_000 }),
})

/** Enqueues one job after the other, each so long after the one before. */
function arrive(
  desk: Desk,
  arrivals: readonly { readonly afterMs: number; readonly priority: number }[],
): void {
  for (const [index, { afterMs, priority }] of arrivals.entries()) {
    desk.now += afterMs
    desk.enqueue(sampleJob(`${index}`, { priority }))
  }
}

describe('the order of jobs', () => {
  it('is by due time less a head start per point of priority, then by acceptance', () => {
    fc.assert(
      fc.property(
        fc.array(arrival, { maxLength: 20 }),
        fc.constantFrom(0, 1, 1_000, 60_000),
        (arrivals, ageing) => {
          const desk = new Desk({ ageing })
          arrive(desk, arrivals)
          const jobs = desk.claim()
          expect(jobs.length).toBe(arrivals.length)
          for (const [index, job] of jobs.entries()) {
            const before = jobs[index - 1]
            if (before === undefined) continue
            const gap = job.runAt - job.priority * ageing - (before.runAt - before.priority * ageing)
            expect(gap > 0 || (gap === 0 && job.seq > before.seq)).toBe(true)
          }
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('is strict under an ageing without end: no wait makes up for one point of priority', () => {
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 20 }), (arrivals) => {
        const desk = new Desk({ ageing: Infinity })
        arrive(desk, arrivals)
        const jobs = desk.claim()
        for (const [index, job] of jobs.entries()) {
          const before = jobs[index - 1] ?? job
          expect(
            job.priority < before.priority || (job.priority === before.priority && job.seq >= before.seq),
          ).toBe(true)
        }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('is exact to the millisecond at the greatest priorities', () => {
    for (const priority of [-1_000, 1_000]) {
      const desk = new Desk({ ageing: Infinity })
      desk.enqueue(sampleJob('later', { priority, runAt: start + 1 }), sampleJob('first', { priority }))
      desk.now = start + 1
      expect(desk.claim().map(({ id }) => id)).toEqual(['first', 'later'])
    }
  })

  it('starves nobody: a job is overtaken by exactly those that come within their head start', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 3 }), (priority, perTick) => {
        const desk = new Desk({ ageing: 100 })
        desk.enqueue('low')
        const served: string[] = []
        while (!served.includes('low')) {
          const tick = served.length
          desk.enqueue(
            ...Array.from({ length: perTick }, (_, nth) => sampleJob(`${tick}-${nth}`, { priority })),
          )
          const [job] = desk.claim({ limit: 1 })
          served.push(job!.id)
          desk.complete(job!)
          desk.now += 50
        }
        expect(served.length - 1).toBe(perTick * priority * 2)
      }),
      { numRuns: runs(18) },
    )
  })

  it.each(['priority', 'fair'] as const)('keeps the place of a job that is tried again: by %s', (order) => {
    const desk = new Desk({ order })
    desk.enqueue('first')
    const [job] = desk.claim()
    desk.fail(job!)
    desk.now += 500
    desk.enqueue('second')
    desk.now += 500
    expect(desk.claim().map(({ id }) => id)).toEqual(['first', 'second'])
    expect(desk.job('first').rank).toBe(job!.rank)
  })
})
