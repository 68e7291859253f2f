import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunkRows } from '../../packages/table/src/row-layout.ts'
import { SlotPool } from '../../packages/table/src/slot-pool.ts'
import { runs } from '../depth.ts'

describe('slots', () => {
  test('are never handed out twice, nor from a chunk whose memory went while one is in use', () => {
    const wave = fc.tuple(fc.nat({ max: 9_000 }), fc.nat({ max: 9_000 }), fc.boolean())
    fc.assert(
      fc.property(fc.array(wave, { maxLength: 6 }), (waves) => {
        const pool = new SlotPool()
        const used = new Set<number>()
        for (const [takes, gives, fromFront] of waves) {
          for (let n = 0; n < takes; n++) {
            const slot = pool.take()
            if (used.has(slot)) throw new Error(`slot ${slot} is handed out twice`)
            used.add(slot)
          }
          const order = fromFront ? [...used] : [...used].reverse()
          for (const slot of order.slice(0, gives)) {
            used.delete(slot)
            const emptied = pool.give(slot)
            const chunkOf = (other: number): number => Math.floor(other / chunkRows)
            if (emptied !== -1 && [...used].some((other) => chunkOf(other) === emptied))
              throw new Error(`chunk ${emptied} goes while it is in use`)
          }
        }
      }),
      { numRuns: runs(20) },
    )
  })

  test('come from few chunks, and all but one of those go when all slots are back', () => {
    const pool = new SlotPool()
    const slots = Array.from({ length: chunkRows * 5 }, () => pool.take())
    expect(Math.max(...slots)).toBe(chunkRows * 5 - 1)
    const released = slots.map((slot) => pool.give(slot)).filter((chunk) => chunk !== -1)
    expect(released).toEqual([1, 2, 3, 4])
    // The one that was kept is used again before others need memory anew.
    expect(pool.take()).toBeLessThan(chunkRows * 5)
  })

  test('of a table that fills and drains a little always come from the same chunk', () => {
    const pool = new SlotPool()
    for (let round = 0; round < 10; round++) {
      const slots = Array.from({ length: 100 }, () => pool.take())
      expect(Math.max(...slots)).toBeLessThan(chunkRows)
      for (const slot of slots) expect(pool.give(slot)).toBe(-1)
    }
  })
})
