import { refusal, type JobEvent } from '@millrace/core'
import { sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk } from './desk.ts'

const sized = (id: string, bytes: number): ReturnType<typeof sampleJob> =>
  sampleJob(id, { payload: 'x'.repeat(bytes) })

describe('a bounded queue', () => {
  it('accepts exactly as long as there is room, whatever comes and goes', () => {
    const deed = fc.oneof(
      fc.record({ enqueue: fc.nat({ max: 60 }) }),
      fc.record({ end: fc.constantFrom('complete', 'fail', 'dead', 'cancel') }),
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 150 }),
        fc.array(deed, { maxLength: 30 }),
        (maxJobs, maxBytes, deeds) => {
          const desk = new Desk({ maxJobs, maxBytes })
          const held = new Map<string, number>()
          for (const [index, step] of deeds.entries()) {
            if ('enqueue' in step) {
              const used = [...held.values()].reduce((sum, bytes) => sum + bytes, 0)
              const fits = held.size < maxJobs && used + step.enqueue <= maxBytes
              const [result] = desk.enqueue(sized(`${index}`, step.enqueue))
              expect(result!.outcome).toBe(fits ? 'enqueued' : 'refused')
              if (fits) held.set(`${index}`, step.enqueue)
              continue
            }
            desk.now += 10_000
            const [job] = desk.claim({ limit: 1 })
            if (job === undefined) continue
            if (step.end === 'complete') desk.complete(job)
            if (step.end === 'fail') desk.fail(job)
            if (step.end === 'dead') desk.fail(job, 'nonRetryable')
            if (step.end === 'cancel') {
              desk.run('cancel', { ids: [job.id], reason: 'test' })
              desk.fail(job)
            }
            if (desk.state(job.id) !== 'retrying') held.delete(job.id)
          }
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('saturates at the high mark and is relieved at the low one, in turn, and says so once each', () => {
    const deed = fc.oneof(
      fc.record({ enqueue: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ complete: fc.integer({ min: 1, max: 4 }) }),
    )
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
        const desk = new Desk({ maxJobs: 10, watermarks: { high: 0.8, low: 0.3 } })
        const told: string[] = []
        let [unfinished, saturated, ids] = [0, false, 0]
        const expected: string[] = []
        for (const step of deeds) {
          if ('enqueue' in step) {
            const count = Math.min(step.enqueue, 10 - unfinished)
            desk.enqueue(...Array.from({ length: count }, () => `${ids++}`))
            unfinished += count
          } else {
            const jobs = desk.claim({ limit: step.complete })
            desk.run('settle', {
              settlements: jobs.map(({ id, epoch }) => ({ id, epoch, outcome: 'complete' })),
            })
            unfinished -= jobs.length
          }
          told.push(...desk.rows.events.filter(isOfQueue).map(({ type }) => type))
          if (!saturated && unfinished >= 8) {
            saturated = true
            expected.push('saturated')
          } else if (saturated && unfinished <= 3) {
            saturated = false
            expected.push('relieved')
          }
          expect(desk.rows.queue('default')!.saturated).toBe(saturated)
        }
        expect(told).toEqual(expected)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('names the time one place takes at the measured rate, between a millisecond and a minute', () => {
    const desk = new Desk({ maxJobs: 5 })
    const refused = (): number =>
      desk
        .enqueue('1', '2', '3', '4', '5', 'x')
        .map((one) => ('retryAfterMs' in one ? one.retryAfterMs! : 0))
        .at(-1)!
    expect(refused()).toBe(1_000)
    // One job every 200 ms for a while.
    for (let round = 0; round < 100; round++) {
      desk.enqueue(`job-${round}`)
      const [job] = desk.claim({ limit: 1 })
      desk.now += 200
      desk.complete(job!)
    }
    desk.enqueue('filler')
    expect(refused()).toBeGreaterThanOrEqual(150)
    expect(refused()).toBeLessThanOrEqual(250)
  })

  it('makes a refusal an error that says what happened', () => {
    const desk = new Desk({ maxJobs: 1 })
    const [, result] = desk.enqueue('a', 'b')
    if (result?.outcome !== 'refused') throw new Error('expected a refusal')
    const error = refusal(result)
    expect([error.code, error.jobId, error.outcome, error.retryAfterMs]).toEqual([
      'QUEUE_FULL',
      'b',
      'no',
      1_000,
    ])
    expect(error.message).toBe('queue default is full; try again in 1000 ms')
  })

  it('sheds the least priority first, of equals the newest, and never for something worth less', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (priorities, maxJobs) => {
          const desk = new Desk({ maxJobs, overflow: 'shedLowest', ageing: Infinity })
          for (const [index, priority] of priorities.entries())
            desk.enqueue(sampleJob(`${index}`, { priority }))
          const best = priorities
            .map((priority, index) => ({ priority, index }))
            .sort((a, b) => b.priority - a.priority || a.index - b.index)
            .slice(0, maxJobs)
            .map(({ index }) => `${index}`)
          const kept = desk.rows
            .all()
            .filter(({ state }) => state === 'enqueued')
            .map(({ id }) => id)
          expect([...kept].sort()).toEqual([...best].sort())
        },
      ),
      { numRuns: runs(1_000) },
    )
  })
})

function isOfQueue(event: JobEvent): boolean {
  return event.type === 'saturated' || event.type === 'relieved'
}
