import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Stream } from '../../sim/src/kernel/stream.ts'
import { sampler } from '../../sim/src/random/distribution.ts'
import { Gauge } from '../../sim/src/statistics/gauge.ts'
import { lagOneCorrelation, studentInterval } from '../../sim/src/statistics/interval.ts'
import { binOf, binStart, LogLinearHistogram } from '../../sim/src/statistics/log-linear.ts'
import { mserCut, WarmupDetector } from '../../sim/src/statistics/mser.ts'
import { quantileOf, quantilesOf } from '../../sim/src/statistics/quantile.ts'
import { Series } from '../../sim/src/statistics/series.ts'
import { studentQuantile, studentWithin } from '../../sim/src/statistics/student.ts'
import { runs } from '../depth.ts'

const noise = new Stream(4211, 'noise')
const normalish = sampler({ dist: 'erlang', k: 30, mean: 30 })

describe("Student's t", () => {
  // From printed tables.
  test.for([
    [0.95, 1, 12.706205],
    [0.95, 2, 4.302653],
    [0.95, 9, 2.262157],
    [0.95, 29, 2.04523],
    [0.99, 5, 4.032143],
    [0.999, 4, 8.610302],
    [0.95, 20_000, 1.959964],
  ] as const)('with confidence %d and %d degrees is %d', ([confidence, freedom, t]) => {
    expect(studentQuantile(confidence, freedom)).toBeCloseTo(t, 4)
  })

  test('its quantile is the inverse of its distribution', () => {
    const freedom = fc.integer({ min: 1, max: 200 })
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.9999, noNaN: true }), freedom, (confidence, degrees) => {
        expect(studentWithin(studentQuantile(confidence, degrees), degrees)).toBeCloseTo(confidence, 9)
      }),
      { numRuns: runs(200) },
    )
  })
})

describe('an interval', () => {
  test('of five known values is the one in the book', () => {
    const { mean, halfWidth } = studentInterval([1, 2, 3, 4, 5])
    expect(mean).toBe(3)
    expect(halfWidth).toBeCloseTo(2.776445 * Math.sqrt(2.5 / 5), 5)
  })

  test('of one value is no interval', () => {
    expect(studentInterval([7])).toEqual({ mean: 7, halfWidth: Infinity, values: 1 })
  })

  test('holds the true mean in 95 of 100 cases', () => {
    const tries = runs(2_000)
    let held = 0
    for (let run = 0; run < tries; run++) {
      const values = Array.from({ length: 10 }, (_, index) => normalish(noise, run, index))
      const { mean, halfWidth } = studentInterval(values)
      if (Math.abs(mean - 30) <= halfWidth) held++
    }
    expect(Math.abs(held / tries - 0.95)).toBeLessThan(5 * Math.sqrt((0.95 * 0.05) / tries))
  })

  test('correlated batches are told from independent ones', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => normalish(noise, index, 0))
    expect(Math.abs(lagOneCorrelation(values))).toBeLessThan(0.1)
    const sums = values.map((value, index) => value + (values[index - 1] ?? 0))
    expect(Math.abs(lagOneCorrelation(sums) - 0.5)).toBeLessThan(0.1)
  })
})

describe('MSER-5', () => {
  const decaying = (length: number, start: number): number[] =>
    Array.from({ length }, (_, index) => normalish(noise, index, 1) + start * 0.98 ** (index / 5))

  test('cuts off a start far from the rest, and little more', () => {
    const detector = new WarmupDetector()
    for (const value of decaying(10_000, 300)) detector.add(value)
    expect(detector.cut()).toBeGreaterThan(500)
    expect(detector.cut()).toBeLessThan(2_500)
  })

  test('cuts next to nothing where nothing is to be cut', () => {
    const detector = new WarmupDetector()
    for (const value of decaying(10_000, 0)) detector.add(value)
    expect(detector.cut()).toBeLessThan(1_000)
  })

  test('finds no end to a warm-up that lasts for the whole run', () => {
    expect(mserCut(Float64Array.from({ length: 1_000 }, (_, index) => Math.exp(index / 100)))).toBeUndefined()
    expect(mserCut(new Float64Array(3))).toBeUndefined()
  })

  test('is the cut with the least standard error, by trying all', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 10, maxLength: 60 })
    fc.assert(
      fc.property(values, (list) => {
        const errors = list.slice(0, -4).map((_, cut) => {
          const rest = list.slice(cut)
          const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length
          return rest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rest.length ** 2
        })
        const cut = mserCut(Float64Array.from(list))
        const least = Math.min(...errors)
        if (cut === undefined)
          expect(errors.slice(0, list.length / 2).every((error) => error >= least)).toBe(true)
        else expect(errors[cut]).toBeCloseTo(least, 9)
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('quantiles', () => {
  const values = fc.array(fc.nat(40), { minLength: 1, maxLength: 80 })

  test('are those of the sorted values', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, p) => {
        const sorted = list.toSorted((a, b) => a - b)
        const expected = sorted[Math.max(0, Math.ceil(p * list.length) - 1)]
        const typed = Float64Array.from(list)
        expect(quantileOf(typed, p)).toBe(expected)
        expect(quantilesOf(typed, [p, 0.5, p])[2]).toBe(expected)
        expect([...typed]).toEqual(list)
      }),
      { numRuns: runs(500) },
    )
  })

  test('a million values that are nearly sorted take no longer than others', () => {
    const rising = Float64Array.from({ length: 1_000_000 }, (_, index) => index)
    expect(quantilesOf(rising, [0.5, 0.95, 0.99])).toEqual([499_999, 949_999, 989_999])
  })
})

describe('the log-linear histogram', () => {
  test('puts every number into a bin that starts at most 0.8 % below it', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (micros) => {
        const start = binStart(binOf(micros))
        expect(start).toBeLessThanOrEqual(micros)
        expect(micros - start).toBeLessThanOrEqual(micros / 127)
        expect(binStart(binOf(micros) + 1)).toBeGreaterThan(micros)
      }),
      { numRuns: runs(2_000) },
    )
  })

  test('has the quantiles of its values to within a bin', () => {
    const draw = sampler({ dist: 'lognormal', mean: 1, cv2: 4 })
    const values = Float64Array.from({ length: 50_000 }, (_, index) =>
      Math.round(draw(noise, index, 2) * 1e6),
    )
    const histogram = new LogLinearHistogram()
    for (const value of values) histogram.add(value)
    for (const p of [0.001, 0.5, 0.95, 0.99, 0.9999, 1])
      expect(Math.abs(histogram.quantile(p) / quantileOf(values, p) - 1)).toBeLessThan(0.008)
    expect(histogram.sum / histogram.count).toBeCloseTo(values.reduce((a, b) => a + b, 0) / 50_000, 3)
  })
})

describe('a series', () => {
  const fill = (series: Series, from: number, to: number): void => {
    for (let index = from; index < to; index++) series.add(Math.round(normalish(noise, index, 3) * 1e6))
  }

  test('says of a stretch the same when it is kept in histograms as when it is kept raw', () => {
    const raw = new Series(Infinity)
    const binned = new Series(10_000)
    fill(raw, 0, 200_000)
    fill(binned, 0, 10_000)
    expect(binned.isFull).toBe(true)
    binned.spill(500)
    fill(binned, 10_000, 200_000)
    for (const [from, to] of [
      [500, 200_000],
      [500, 100_000],
      [120_000, 200_000],
    ] as const) {
      const exact = raw.summary(from, to, [0.5, 0.99])
      const rough = binned.summary(from, to, [0.5, 0.99])
      expect(Math.abs(rough.count / exact.count - 1)).toBeLessThan(0.05)
      expect(Math.abs(rough.mean / exact.mean - 1)).toBeLessThan(0.003)
      expect(Math.abs(rough.quantiles[1]! / exact.quantiles[1]! - 1)).toBeLessThan(0.01)
    }
    expect(binned.count).toBe(200_000)
    expect(binned.largest).toBe(raw.largest)
    expect(binned.summary(0, 500_000, []).count).toBe(199_500)
  })
})

test('a gauge keeps Little’s identity to the microsecond', () => {
  const steps = fc.array(fc.tuple(fc.nat(1_000_000), fc.boolean()), { maxLength: 200 })
  fc.assert(
    fc.property(steps, (list) => {
      const gauge = new Gauge()
      const staying: number[] = []
      let now = 0
      for (const [gap, leaves] of list) {
        now += gap
        if (!leaves) {
          gauge.enter(now)
          staying.push(now)
        } else if (staying.length > 0) gauge.leave(now, staying.splice(staying.length >> 1, 1)[0]!)
      }
      expect(gauge.value).toBe(staying.length)
      expect(gauge.exactIntegralAt(now + 5)).toBe(gauge.exactStaysAt(now + 5, staying))
      expect(gauge.integralAt(now + 5)).toBe(Number(gauge.exactIntegralAt(now + 5)))
    }),
    { numRuns: runs(300) },
  )
})
