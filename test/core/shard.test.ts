import { rendezvous } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'

describe('rendezvous sharding', () => {
  const nodes = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 })

  it('answers one of the nodes, the same in whatever order they are named, and none when there is none', () => {
    fc.assert(
      fc.property(fc.string(), nodes, (key, list) => {
        const home = rendezvous(key, list)
        expect(list).toContain(home)
        expect(rendezvous(key, list.toReversed())).toBe(home)
      }),
      { numRuns: runs(1_000) },
    )
    expect(rendezvous('key', [])).toBeUndefined()
  })

  it('moves only the keys of the node that goes', () => {
    fc.assert(
      fc.property(nodes, fc.nat(), fc.array(fc.string(), { maxLength: 30 }), (list, pick, keys) => {
        const gone = list[pick % list.length]!
        const rest = list.filter((node) => node !== gone)
        for (const key of keys) {
          const home = rendezvous(key, list)
          if (home !== gone) expect(rendezvous(key, rest)).toBe(home)
        }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('shares keys evenly', () => {
    const list = ['a', 'b', 'c', 'd', 'e']
    const counts = new Map(list.map((node) => [node, 0]))
    for (let key = 0; key < 10_000; key++) {
      const home = rendezvous(`user-${key}`, list)!
      counts.set(home, counts.get(home)! + 1)
    }
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(250)
  })
})
