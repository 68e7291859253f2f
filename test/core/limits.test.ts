import { sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk } from './desk.ts'

const rate = fc.record({ limit: fc.integer({ min: 1, max: 5 }), perMs: fc.integer({ min: 1, max: 1_000 }) })
const visit = fc.record({
  afterMs: fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 3_000 })),
  limit: fc.integer({ min: 0, max: 6 }),
})

function deskOf(jobs: number, config: ConstructorParameters<typeof Desk>[0]): Desk {
  const desk = new Desk(config)
  desk.enqueue(...Array.from({ length: jobs }, (_, index) => `job-${index}`))
  return desk
}

describe('the rate of a queue', () => {
  it('never starts more than limit + t * limit / perMs jobs in any stretch of t', () => {
    fc.assert(
      fc.property(rate, fc.array(visit, { maxLength: 15 }), (bucket, visits) => {
        const desk = deskOf(30, { rate: bucket })
        const starts: number[] = []
        for (const { afterMs, limit } of visits) {
          desk.now += afterMs
          starts.push(...desk.claim({ limit }).map(() => desk.now))
        }
        for (const [from, first] of starts.entries())
          for (const [to, last] of starts.entries()) {
            if (to < from) continue
            const allowed = bucket.limit + ((last - first) * bucket.limit) / bucket.perMs
            expect(to - from + 1).toBeLessThanOrEqual(allowed)
          }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('loses nothing: a worker that comes back at nextAt always finds a start', () => {
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 20 }), (bucket, jobs) => {
        const desk = deskOf(jobs, { rate: bucket })
        const began = desk.now
        let started = 0
        while (started < jobs) {
          const { jobs: claimed, nextAt } = desk.claimReply({ limit: 1_000 })
          expect(claimed.length).toBeGreaterThan(0)
          started += claimed.length
          // Leases are longer than the whole run, so only the bucket is waited for.
          if (started < jobs) desk.now = nextAt
        }
        const least = (Math.max(0, jobs - bucket.limit) * bucket.perMs) / bucket.limit
        expect(desk.now - began).toBe(Math.ceil(least))
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('does not fill its bucket twice when the clock is set back', () => {
    const desk = deskOf(30, { rate: { limit: 10, perMs: 1_000 } })
    desk.claim({ limit: 5 })
    desk.now -= 500
    expect(desk.claim().length).toBe(5)
    desk.now += 500
    expect(desk.claim().length).toBe(0)
  })
})

describe('the concurrency of a queue', () => {
  it('is never exceeded, and never left unused while there is work', () => {
    const deed = fc.oneof(
      fc.record({ claim: fc.nat({ max: 4 }) }),
      fc.record({ end: fc.nat(), how: fc.constantFrom('complete', 'fail', 'release', 'crash') }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(deed, { maxLength: 30 }), (concurrency, deeds) => {
        const desk = deskOf(40, { concurrency })
        const running = new Map<string, number>()
        for (const step of deeds) {
          if ('claim' in step) {
            const free = concurrency - running.size
            const jobs = desk.claim({ limit: step.claim })
            expect(jobs.length).toBe(Math.min(free, step.claim))
            for (const { id, epoch } of jobs) running.set(id, epoch)
          } else {
            const [id, epoch] = [...running][step.end % Math.max(1, running.size)] ?? []
            if (id === undefined || epoch === undefined) continue
            if (step.how === 'crash') {
              desk.run('reap', { limit: 100, gone: ['worker'] })
              running.clear()
              continue
            }
            if (step.how === 'fail') desk.fail({ id, epoch })
            else desk.settle({ id, epoch }, { outcome: step.how })
            running.delete(id)
          }
          expect(desk.rows.counters('default').processing).toBe(running.size)
        }
      }),
      { numRuns: runs(1_000) },
    )
  })
})

describe('the concurrency of a key', () => {
  it('of one gives strict first in, first out, whatever happens to the jobs', () => {
    const ending = fc.constantFrom('complete', 'fail', 'release', 'snooze', 'crash', 'cancel', 'dead')
    const job = fc.record({ key: fc.constantFrom('a', 'b'), priority: fc.integer({ min: -3, max: 3 }) })
    fc.assert(
      fc.property(fc.array(job, { maxLength: 12 }), fc.array(ending, { maxLength: 40 }), (jobs, endings) => {
        const desk = new Desk({ keyConcurrency: 1 })
        desk.enqueue(
          ...jobs.map(({ key, priority }, index) => sampleJob(`${index}`, { priority, extras: { key } })),
        )
        const ended: number[] = []
        for (const ending of [...endings, ...jobs.flatMap(() => ['complete', 'complete'] as const)]) {
          const claimed = desk.claim({ limit: 1 })
          if (claimed.length === 0) desk.now += 60_000
          for (const one of claimed) {
            if (ending === 'crash') desk.run('reap', { limit: 10, gone: ['worker'] })
            else if (ending === 'cancel') desk.run('cancel', { ids: [one.id], reason: 'test' })
            if (ending === 'fail' || ending === 'cancel') desk.fail(one)
            else if (ending === 'dead') desk.fail(one, 'nonRetryable')
            else if (ending === 'snooze') desk.settle(one, { outcome: 'snooze', delayMs: 5 })
            else if (ending !== 'crash') desk.settle(one, { outcome: ending })
            const { state } = desk.job(one.id)
            if (state === 'completed' || state === 'dead' || state === 'cancelled') ended.push(Number(one.id))
          }
        }
        for (const key of ['a', 'b']) {
          const order = ended.filter((index) => jobs[index]!.key === key)
          expect(order).toEqual(order.toSorted((a, b) => a - b))
        }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('raised, lets those in that wait; lowered, ends nobody', () => {
    const desk = new Desk({ keyConcurrency: 1 })
    desk.enqueue(...['1', '2', '3', '4'].map((id) => sampleJob(id, { extras: { key: 'k' } })))
    desk.configure({ keyConcurrency: 3 })
    expect(desk.claim().map(({ id }) => id)).toEqual(['1', '2', '3'])
    desk.configure({ keyConcurrency: 1 })
    desk.complete(desk.job('1'))
    expect(desk.state('4')).toBe('blocked')
    desk.complete(desk.job('2'))
    desk.complete(desk.job('3'))
    expect(desk.state('4')).toBe('enqueued')
  })
})

describe('the retry budget of a queue', () => {
  it('lets no more retries by than burst + ratio of the fresh work, while there is other work', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 0.1, 0.5),
        fc.nat({ max: 3 }),
        fc.integer({ min: 1, max: 12 }),
        (ratio, burst, rounds) => {
          const desk = new Desk({ retryBudget: { ratio, burst } })
          let [fresh, retries] = [0, 0]
          for (let round = 0; round < rounds; round++) {
            desk.enqueue(`a-${round}`, `b-${round}`)
            for (const job of desk.claim({ limit: 2 })) {
              if (job.attempt === 1) fresh++
              else retries++
              desk.fail(job)
            }
            desk.now += 5_000
          }
          expect(retries).toBeLessThanOrEqual(burst + ratio * fresh)
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('holds nobody back when there is nothing else to do', () => {
    const desk = new Desk({ retryBudget: { ratio: 0, burst: 0 } })
    desk.enqueue('a')
    desk.fail(desk.claim()[0]!)
    desk.now += 1_000
    expect(desk.claim().map(({ id }) => id)).toEqual(['a'])
  })

  it('asks again a second later', () => {
    const desk = new Desk({ retryBudget: { ratio: 0, burst: 0 } })
    desk.enqueue('a')
    desk.fail(desk.claim()[0]!)
    desk.now += 1_000
    desk.enqueue('b')
    expect(desk.claim({ limit: 0 })).toEqual([])
    expect(desk.job('a').runAt).toBe(desk.now + 1_000)
    desk.claim()
    desk.now += 1_000
    expect(desk.claim().map(({ id }) => id)).toEqual(['a'])
  })
})
