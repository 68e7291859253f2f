import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LiveJob } from '../../sim/src/capacity/live-job.ts'
import { OrderedLine } from '../../sim/src/capacity/ordered-line.ts'
import type { Spot } from '../../sim/src/capacity/spot.ts'
import { toMicros, toMillis } from '../../sim/src/capacity/virtual-time.ts'
import { runs } from '../depth.ts'

test('a line lists its spots by key, then seq, whoever joins and leaves', () => {
  const step = fc.record({ key: fc.nat(9), leaver: fc.option(fc.nat()), limit: fc.nat(12), most: fc.nat(9) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const line = new OrderedLine()
      const model: { key: number; seq: number; spot: Spot }[] = []
      steps.forEach(({ key, leaver, limit, most }, index) => {
        // Numbers that fall as well as rise, so that ties are told apart by seq and not by the order of joining.
        const seq = (index * 37) % 101
        const { spot } = new LiveJob()
        line.add(spot, key, seq)
        model.push({ key, seq, spot })
        model.sort((a, b) => a.key - b.key || a.seq - b.seq)
        if (leaver !== null) line.remove(model.splice(leaver % model.length, 1)[0]!.spot)
        const listed = line.list(limit, most).map((one) => [one.key, one.seq])
        const expected = model.filter((one) => one.key <= most).slice(0, limit)
        expect(listed).toEqual(expected.map((one) => [one.key, one.seq]))
        expect(line.firstKey).toBe(model[0]?.key ?? Infinity)
      })
    }),
    { numRuns: runs(200) },
  )
})

test('the core’s times come back as the first microsecond at which they have come', () => {
  const time = fc.nat(10 ** 13)
  fc.assert(
    fc.property(
      time,
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.nat(1_000_000),
      (start, delay, whole) => {
        expect(toMicros(toMillis(start))).toBe(start)
        for (const at of [toMillis(start) + delay, toMillis(start) + whole]) {
          expect(toMillis(toMicros(at))).toBeGreaterThanOrEqual(at)
          expect(toMillis(toMicros(at) - 1)).toBeLessThan(at)
        }
      },
    ),
    { numRuns: runs(3_000) },
  )
})
