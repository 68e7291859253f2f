import { sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk } from './desk.ts'

function withDead(count: number, extras: (index: number) => object = () => ({})): Desk {
  const desk = new Desk()
  for (let index = 0; index < count; index++) {
    desk.enqueue(sampleJob(`${index}`, { extras: extras(index) }))
    desk.fail(desk.claim()[0]!, 'nonRetryable')
  }
  return desk
}

describe('a redrive', () => {
  it('at a rate never lets more start in any second than that, and loses none', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(0.5, 1, 3, 7, 1_000),
        (count, ratePerSecond) => {
          const desk = withDead(count)
          desk.run('redrive', { limit: 100, ratePerSecond })
          const times = desk.rows.all().map(({ runAt }) => runAt - desk.now)
          expect(times).toEqual(times.map((_, index) => Math.round((index * 1_000) / ratePerSecond)))
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('rehearsed says exactly what the real one does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 2 }), { maxLength: 6 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 6 }),
        (keys, held, limit) => {
          const desk = withDead(keys.length, (index) => ({
            unique: { key: `k${keys[index]}`, while: 'unfinished', onConflict: 'keep' },
          }))
          if (held)
            desk.enqueue(
              sampleJob('holder', {
                extras: { unique: { key: 'k0', while: 'unfinished', onConflict: 'keep' } },
              }),
            )
          const before = desk.rows.all()
          const rehearsed = desk.run('redrive', { limit, dryRun: true })
          expect(desk.rows.all()).toEqual(before)
          expect(desk.run('redrive', { limit })).toEqual(rehearsed)
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('counts a new payload by its bytes', () => {
    const desk = withDead(1)
    desk.run('redrive', { limit: 1, payload: '"ä漢😀\ud800"' })
    expect(desk.job('0').bytes).toBe(new TextEncoder().encode('"ä漢😀\ud800"').length)
    expect(desk.rows.counters('default').bytes).toBe(desk.job('0').bytes)
  })

  it('takes away the deadline that would end it again before it starts', () => {
    const desk = new Desk()
    desk.enqueue(sampleJob('a', { extras: { deadline: desk.now + 10 } }))
    desk.fail(desk.claim()[0]!, 'nonRetryable')
    desk.now += 100
    desk.run('redrive', { limit: 1 })
    expect(desk.claim().map(({ id }) => id)).toEqual(['a'])
  })

  it('starts failures and crashes anew, and the time for retries goes on from the first acceptance', () => {
    const desk = new Desk()
    const retry = { ...sampleJob('a').retry, maxFailures: 2, forMs: 10_000 }
    desk.enqueue(sampleJob('a', { retry }))
    desk.fail(desk.claim()[0]!)
    expect(desk.state('a')).toBe('retrying')
    desk.now += 9_000
    desk.fail(desk.claim()[0]!)
    expect(desk.job('a').extras.reason).toBe('exhausted')
    desk.run('redrive', { limit: 1 })
    desk.now += 2_000
    desk.fail(desk.claim()[0]!)
    expect([desk.state('a'), desk.job('a').failures]).toEqual(['dead', 1])
  })
})

describe('the time for retries', () => {
  it('lets no retry start after it, and cuts none that starts in it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.nat({ max: 20_000 }), (forMs, afterMs) => {
        const desk = new Desk()
        desk.enqueue(sampleJob('a', { retry: { ...sampleJob('a').retry, forMs } }))
        const [job] = desk.claim()
        desk.now += afterMs
        desk.fail(job!)
        expect(desk.state('a')).toBe(afterMs + 1_000 <= forMs ? 'retrying' : 'dead')
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('of 0 is no bound', () => {
    const desk = new Desk()
    desk.enqueue(sampleJob('a', { retry: { ...sampleJob('a').retry, forMs: 0 } }))
    desk.fail(desk.claim()[0]!)
    expect(desk.state('a')).toBe('retrying')
  })
})
