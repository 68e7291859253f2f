import type { Retention } from '@millrace/core'
import { sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk } from './desk.ts'

const kept = fc.record({ ageMs: fc.constantFrom(0, 50, 1_000, 1e9), count: fc.constantFrom(0, 1, 3, 1_000) })
const deed = fc.record({ end: fc.constantFrom('complete', 'dead', 'cancel'), afterMs: fc.nat({ max: 300 }) })

describe('retention', () => {
  it('keeps the newest up to the count, none beyond the age, for each state by itself', () => {
    fc.assert(
      fc.property(
        fc.record({ completed: kept, dead: kept, cancelled: kept, expired: kept }),
        fc.array(deed, { maxLength: 15 }),
        (retention, deeds) => {
          const desk = new Desk({ retention })
          const ended: {
            readonly id: string
            readonly state: 'completed' | 'dead' | 'cancelled'
            readonly at: number
          }[] = []
          for (const [index, { end, afterMs }] of deeds.entries()) {
            desk.now += afterMs
            const id = `${index}`
            desk.enqueue(id)
            if (end === 'cancel') desk.run('cancel', { ids: [id], reason: 'test' })
            for (const job of desk.claim()) {
              if (end === 'dead') desk.fail(job, 'nonRetryable')
              else desk.complete(job)
            }
            ended.push({
              id,
              state: end === 'cancel' ? 'cancelled' : end === 'dead' ? 'dead' : 'completed',
              at: desk.now,
            })
          }
          desk.run('prune', { limit: 1_000 })
          const expected = (['completed', 'dead', 'cancelled'] as const).flatMap((state) => {
            const { ageMs, count }: Retention = retention[state]
            const all = ended.filter((job) => job.state === state)
            return all.slice(Math.max(0, all.length - count)).filter(({ at }) => desk.now - at < ageMs)
          })
          expect([...desk.ids()].sort()).toEqual(expected.map(({ id }) => id).sort())
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('forgets at most the limit of each state in one turn, the oldest first', () => {
    const retention = { ageMs: 10, count: 1_000 }
    const desk = new Desk({
      retention: { completed: retention, dead: retention, cancelled: retention, expired: retention },
    })
    for (const id of ['a', 'b', 'c']) {
      desk.enqueue(id)
      desk.complete(desk.claim()[0]!)
      desk.now += 1
    }
    desk.now += 100
    expect(desk.run('prune', { limit: 2 })).toEqual({ pruned: 2 })
    expect(desk.ids()).toEqual(['c'])
  })

  it('works a surplus off in turns when the count is lowered, and still keeps it within the count', () => {
    const keep = (count: number): Record<'completed' | 'dead' | 'cancelled' | 'expired', Retention> => {
      const one = { ageMs: 1e9, count }
      return { completed: one, dead: one, cancelled: one, expired: one }
    }
    const desk = new Desk({ retention: keep(1_000) })
    const complete = (id: string): void => {
      desk.enqueue(id)
      desk.complete(desk.claim()[0]!)
    }
    for (let index = 0; index < 500; index++) complete(`old-${index}`)
    desk.configure({ retention: keep(10) })
    complete('new-1')
    expect(desk.ids()).toHaveLength(400)
    expect(desk.run('prune', { limit: 200 })).toEqual({ pruned: 200 })
    for (let index = 2; index < 10; index++) complete(`new-${index}`)
    expect(desk.ids()).toHaveLength(10)
  })

  it('keeps the steps of a flow until all of them have ended', () => {
    const none = { ageMs: 0, count: 0 }
    const desk = new Desk({ retention: { completed: none, dead: none, cancelled: none, expired: none } })
    desk.enqueue(
      sampleJob('a', { extras: { flow: { id: 'f', step: 'a' } } }),
      sampleJob('b', { runAt: desk.now + 1_000, extras: { flow: { id: 'f', step: 'b' } } }),
    )
    desk.complete(desk.claim()[0]!)
    desk.run('prune', { limit: 10 })
    expect(desk.ids()).toEqual(['a', 'b'])
    desk.now += 1_000
    desk.complete(desk.claim()[0]!)
    desk.run('prune', { limit: 10 })
    expect(desk.ids()).toEqual([])
  })

  it('keeps a job as long as its time of uniqueness lasts', () => {
    const none = { ageMs: 0, count: 0 }
    const desk = new Desk({ retention: { completed: none, dead: none, cancelled: none, expired: none } })
    desk.enqueue(sampleJob('a', { extras: { unique: { key: 'k', while: 500, onConflict: 'keep' } } }))
    desk.complete(desk.claim()[0]!)
    desk.now += 499
    expect(desk.run('prune', { limit: 10 })).toEqual({ pruned: 0 })
    desk.now += 1
    expect(desk.run('prune', { limit: 10 })).toEqual({ pruned: 1 })
  })
})
