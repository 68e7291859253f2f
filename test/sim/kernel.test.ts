import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exp, ln, sqrt } from '../../sim/src/kernel/elementary.ts'
import { EventHeap } from '../../sim/src/kernel/event-heap.ts'
import { ExactSum } from '../../sim/src/kernel/exact-sum.ts'
import { normalQuantile } from '../../sim/src/kernel/normal-quantile.ts'
import { checkpointEvery, RollingHash } from '../../sim/src/kernel/rolling-hash.ts'
import { Stream } from '../../sim/src/kernel/stream.ts'
import { threefry } from '../../sim/src/kernel/threefry.ts'
import { runs } from '../depth.ts'

describe('Threefry-2x32-20', () => {
  // The known-answer vectors that come with Random123.
  test.for([
    [[0, 0], [0, 0], '6b200159 99ba4efe'],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '1cb996fc bb002be7'],
    [[0x243f6a88, 0x85a308d3], [0x13198a2e, 0x03707344], 'c4923a9c 483df7a0'],
  ] as const)('answers %j under key %j with %s', ([counter, key, answer]) => {
    const out = { first: 0, second: 0 }
    threefry(key[0], key[1], counter[0], counter[1], out)
    const words = [out.first, out.second].map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    expect(words.join(' ')).toBe(answer)
  })
})

describe('a stream', () => {
  test('gives the same draw for the same entity in whatever order it is asked', () => {
    const forwards = new Stream(7, 'service/a')
    const backwards = new Stream(7, 'service/a')
    const first = Array.from({ length: 50 }, (_, entity) => forwards.uniform(entity, 3))
    const last = Array.from({ length: 50 }, (_, entity) => backwards.uniform(49 - entity, 3)).reverse()
    expect(last).toEqual(first)
  })

  test.for([
    ['seed', new Stream(8, 'service/a'), 1, 1],
    ['high half of the seed', new Stream(7 + 2 ** 32, 'service/a'), 1, 1],
    ['name', new Stream(7, 'service/b'), 1, 1],
    ['entity', new Stream(7, 'service/a'), 2, 1],
    ['index', new Stream(7, 'service/a'), 1, 2],
  ] as const)('gives another draw for another %s', ([, stream, entity, index]) => {
    expect(stream.uniform(entity, index)).not.toBe(new Stream(7, 'service/a').uniform(1, 1))
  })

  test('draws evenly: a thousand bins hold what chance allows', () => {
    const stream = new Stream(1, 'even')
    const draws = runs(400_000, 4_000_000)
    const bins = new Float64Array(1_000)
    for (let entity = 0; entity < draws; entity++) {
      const bin = Math.floor(stream.uniform(entity, 0) * 1_000)
      bins[bin] = bins[bin]! + 1
    }
    const expected = draws / 1_000
    const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 999 degrees of freedom: mean 999, deviation 45; five deviations either way.
    expect(chiSquare).toBeGreaterThan(775)
    expect(chiSquare).toBeLessThan(1_225)
  })
})

describe('elementary functions', () => {
  const ulp = Number.EPSILON
  const anyPositive = fc
    .tuple(fc.double({ min: 1, max: 10, noNaN: true }), fc.integer({ min: -300, max: 300 }))
    .map(([mantissa, exponent]) => mantissa * Number(`1e${exponent}`))

  test('ln is within two units in the last place of the exact logarithm', () => {
    fc.assert(
      fc.property(anyPositive, (x) => Math.abs(ln(x) - Math.log(x)) <= 2 * ulp * Math.abs(Math.log(x))),
      { numRuns: runs(5_000) },
    )
  })

  test('exp is within two units in the last place of the exact exponential', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -700, max: 709, noNaN: true }),
        (x) => Math.abs(exp(x) - Math.exp(x)) <= 2 * ulp * Math.exp(x),
      ),
      { numRuns: runs(5_000) },
    )
  })

  test('sqrt is within two units in the last place of the exact root', () => {
    fc.assert(
      fc.property(anyPositive, (x) => Math.abs(sqrt(x) - Math.sqrt(x)) <= 2 * ulp * Math.sqrt(x)),
      { numRuns: runs(5_000) },
    )
  })

  test('their edges are those of the standard functions', () => {
    for (const x of [0, -1, NaN, Infinity, 5e-324, Number.MAX_VALUE]) expect(ln(x)).toBe(Math.log(x))
    for (const x of [0, -1, NaN, Infinity, 5e-324]) expect(sqrt(x)).toBe(Math.sqrt(x))
    for (const x of [0, -745, -746, 709.78, 710, Infinity, -Infinity, NaN]) expect(exp(x)).toBe(Math.exp(x))
  })

  // Fixed for ever: an engine that answers otherwise would give other runs.
  test('their bits are on record', () => {
    expect([ln(0.1), ln(3), exp(1), exp(-20.5), sqrt(2), normalQuantile(0.975)]).toEqual([
      -2.3025850929940455, 1.0986122886681098, 2.7182818284590455, 1.2501528663867426e-9, 1.414213562373095,
      1.9599639845400536,
    ])
  })

  // Quantiles to sixteen digits, from tables of the normal distribution.
  test.for([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.999, 3.090232306167813],
    [1e-10, -6.361340902404056],
    [1e-40, -13.31092137142517],
  ] as const)('the normal quantile of %d is %d', ([p, z]) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 10)
  })
})

describe('the event heap', () => {
  test('gives events in the order of time, phase and insertion', () => {
    const event = fc.record({ time: fc.nat(20), phase: fc.nat(7), takeAfter: fc.boolean() })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 300 }), (events) => {
        const heap = new EventHeap()
        const model: { time: number; phase: number; subject: number }[] = []
        const takeFirst = (): void => {
          model.sort((a, b) => a.time - b.time || a.phase - b.phase || a.subject - b.subject)
          const first = model.shift()
          expect(heap.nextTime).toBe(first?.time ?? Infinity)
          expect(heap.pop()).toBe(first !== undefined)
          if (first) expect([heap.time, heap.kind, heap.subject]).toEqual([first.time, 9, first.subject])
        }
        events.forEach(({ time, phase, takeAfter }, subject) => {
          heap.push(time, phase, 9, subject)
          model.push({ time, phase, subject })
          if (takeAfter) takeFirst()
        })
        while (model.length > 0) takeFirst()
        takeFirst()
      }),
      { numRuns: runs(200) },
    )
  })
})

describe('the rolling hash', () => {
  const events = Array.from({ length: 3_000 }, (_, index) => [index * 7_000_000_000, index % 9, index, 1])
  const hashOf = (list: readonly (readonly number[])[]): RollingHash => {
    const hash = new RollingHash()
    for (const [time = 0, kind = 0, subject = 0, detail = 0] of list) hash.add(time, kind, subject, detail)
    return hash
  }

  test('tells any two runs apart that differ in one event, from its checkpoint on', () => {
    const original = hashOf(events)
    fc.assert(
      fc.property(fc.nat(2_999), fc.nat(3), fc.integer({ min: 1, max: 1_000 }), (at, field, by) => {
        const changed = events.map((event, index) =>
          index === at ? event.map((value, place) => (place === field ? value + by : value)) : event,
        )
        const other = hashOf(changed)
        expect(other.digest()).not.toBe(original.digest())
        const first = other.checkpoints.findIndex((digest, index) => digest !== original.checkpoints[index])
        if (at < 2 * checkpointEvery) expect(first).toBe(Math.floor(at / checkpointEvery))
      }),
      { numRuns: runs(200) },
    )
  })

  test('keeps a checkpoint for every 1,024 events, and its value is on record', () => {
    expect(hashOf(events).checkpoints).toHaveLength(2)
    expect(hashOf(events.slice(0, 1_024)).digest()).toBe(hashOf(events).checkpoints[0])
    expect(hashOf(events).digest()).toMatchInlineSnapshot(`"4ba95ca95025af5c"`)
  })
})

test('an exact sum stays exact where numbers do not', () => {
  const sum = new ExactSum()
  const large = 2 ** 51 + 1
  for (let count = 0; count < 10_000; count++) sum.add(large)
  expect(sum.exact()).toBe(10_000n * BigInt(large))
  expect(sum.valueOf()).toBeCloseTo(10_000 * large, -5)
})
