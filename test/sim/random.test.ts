import { describe, expect, test } from 'vitest'
import { Stream } from '../../sim/src/kernel/stream.ts'
import { arrivalProcess, type OpenArrivals } from '../../sim/src/random/arrival-process.ts'
import { momentsOf, sampler } from '../../sim/src/random/distribution.ts'
import type { Distribution } from '../../sim/src/scenario/scenario.ts'
import { runs } from '../depth.ts'

const draws = runs(100_000, 2_000_000)

function sample(distribution: Distribution, count = draws): Float64Array {
  const stream = new Stream(4211, JSON.stringify(distribution))
  const draw = sampler(distribution)
  return Float64Array.from({ length: count }, (_, entity) => draw(stream, entity, 0)).sort()
}

const exponentialBelow = (mean: number, x: number): number => 1 - Math.exp(-x / mean)
// cv2 = 4: branches with shares (1 ± sqrt(3/5)) / 2.
const branch = (1 + Math.sqrt(3 / 5)) / 2

describe('a distribution', () => {
  const continuous: readonly (readonly [Distribution, (x: number) => number])[] = [
    [{ dist: 'exponential', mean: 0.25 }, (x) => exponentialBelow(0.25, x)],
    [{ dist: 'uniform', min: 1, max: 3 }, (x) => (x - 1) / 2],
    [{ dist: 'erlang', k: 3, mean: 6 }, (x) => 1 - Math.exp(-x / 2) * (1 + x / 2 + (x / 2) ** 2 / 2)],
    [
      { dist: 'hyperexponential', mean: 2, cv2: 4 },
      (x) => branch * exponentialBelow(1 / branch, x) + (1 - branch) * exponentialBelow(1 / (1 - branch), x),
    ],
    [{ dist: 'lognormal', mean: 1, cv2: Math.E - 1 }, (x) => normalBelow(Math.log(x) + 0.5)],
  ]

  test.for(continuous)('%j has its distribution function', ([distribution, below]) => {
    const values = sample(distribution)
    let distance = 0
    values.forEach((value, index) => {
      const expected = below(value)
      distance = Math.max(
        distance,
        Math.abs(expected - index / draws),
        Math.abs(expected - (index + 1) / draws),
      )
    })
    // Kolmogorov and Smirnov: a sound sampler gets past this once in ten million seeds.
    expect(distance * Math.sqrt(draws)).toBeLessThan(2.9)
  })

  const all: readonly Distribution[] = [
    ...continuous.map(([distribution]) => distribution),
    { dist: 'deterministic', value: 0.125 },
    { dist: 'empirical', values: [1, 2, 2, 7] },
    { dist: 'erlang', k: 500, mean: 2 },
    { dist: 'hyperexponential', mean: 3, cv2: 1 },
  ]

  test.for(all)('%j has the moments theory is told', (distribution) => {
    // Five hundred draws for each value take their time.
    const count = distribution.dist === 'erlang' && distribution.k > 100 ? draws / 50 : draws
    const values = sample(distribution, count)
    const mean = values.reduce((sum, value) => sum + value, 0) / count
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count
    const fourth = values.reduce((sum, value) => sum + (value - mean) ** 4, 0) / count
    const moments = momentsOf(distribution)
    expect(Math.abs(mean - moments.mean)).toBeLessThanOrEqual(5 * Math.sqrt(variance / count) + 1e-12)
    const deviation = Math.sqrt(Math.max(0, fourth - variance ** 2) / count)
    expect(Math.abs(variance - moments.cv2 * moments.mean ** 2)).toBeLessThanOrEqual(6 * deviation + 1e-12)
  })

  test('a later attempt of the same job draws anew', () => {
    const stream = new Stream(1, 'service')
    const draw = sampler({ dist: 'erlang', k: 4, mean: 1 })
    const times = Array.from({ length: 100 }, (_, attempt) => draw(stream, 1, attempt))
    expect(new Set(times).size).toBe(100)
  })
})

describe('arrivals', () => {
  function times(arrivals: OpenArrivals, until: number): number[] {
    const process = arrivalProcess(arrivals, 4211, 'a')
    const list: number[] = []
    for (let time = process.next(); time < until * 1e6; time = process.next()) list.push(time / 1e6)
    return list
  }
  const between = (list: readonly number[], from: number, to: number): number =>
    list.filter((time) => time >= from && time < to).length
  /** Poisson counts within five deviations. */
  const expectCount = (count: number, mean: number): void =>
    expect(Math.abs(count - mean)).toBeLessThanOrEqual(5 * Math.sqrt(mean))

  test('Poisson: counts have the mean and the variance of the rate', () => {
    const list = times({ kind: 'poisson', rate: 20 }, 5_000)
    expectCount(list.length, 100_000)
    const counts = Array.from({ length: 5_000 }, () => 0)
    for (const time of list) counts[Math.floor(time)]!++
    const variance = counts.reduce((sum, count) => sum + (count - 20) ** 2, 0) / 5_000
    expect(Math.abs(variance - 20)).toBeLessThan(5 * 20 * Math.sqrt(2.05 / 5_000))
  })

  test('deterministic: one every interval', () => {
    expect(times({ kind: 'deterministic', every: 0.5 }, 2.25)).toEqual([0.5, 1, 1.5, 2])
  })

  test('batch: size jobs at each Poisson arrival', () => {
    expect(arrivalProcess({ kind: 'batch', rate: 1, size: 7 }, 1, 'a').size).toBe(7)
    expectCount(times({ kind: 'batch', rate: 20, size: 7 }, 1_000).length, 20_000)
  })

  test('trace: the times given, then none', () => {
    expect(times({ kind: 'trace', times: [0, 1.5, 1.5, 9] }, 100)).toEqual([0, 1.5, 1.5, 9])
  })

  test('piecewise: the rate runs along the lines, jumps at doubled points and stays at the last', () => {
    const points = [
      [0, 0],
      [100, 200],
      [100, 40],
      [200, 40],
    ] as const
    const list = times({ kind: 'piecewise', points }, 400)
    expectCount(between(list, 0, 50), 2_500)
    expectCount(between(list, 50, 100), 7_500)
    expectCount(between(list, 100, 400), 12_000)
  })

  test('piecewise: a rate that ends at zero ends the arrivals', () => {
    const points = [
      [0, 50],
      [10, 0],
    ] as const
    const process = arrivalProcess({ kind: 'piecewise', points }, 1, 'a')
    let last = 0
    for (let time = process.next(); time < Infinity; time = process.next()) last = time
    expect(last).toBeLessThan(10e6)
  })

  test('mmpp: as many as the stationary rate says, and bunched as its correlation says', () => {
    const list = times({ kind: 'mmpp', rates: [0.4, 1.6], switch: [0.05, 0.15] }, 200_000)
    // Mean rate 0.7; count variance over t: rate t + 2 (r1-r0)^2 p0 p1 / s (t - (1 - e^-st) / s), s = 0.2.
    const asymptotic = 0.7 + (2 * 1.2 ** 2 * 0.75 * 0.25) / 0.2
    expect(Math.abs(list.length - 140_000)).toBeLessThan(5 * Math.sqrt(200_000 * asymptotic))
    const counts = Array.from({ length: 20_000 }, () => 0)
    for (const time of list) counts[Math.floor(time / 10)]!++
    const variance = counts.reduce((sum, count) => sum + (count - 7) ** 2, 0) / counts.length
    const expected = 7 + ((2 * 1.2 ** 2 * 0.75 * 0.25) / 0.2) * (10 - (1 - Math.exp(-2)) / 0.2)
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.08)
  })

  test('mmpp: a state of rate zero has none', () => {
    const list = times({ kind: 'mmpp', rates: [0, 10], switch: [1, 1] }, 10_000)
    expect(Math.abs(list.length / 50_000 - 1)).toBeLessThan(0.08)
  })
})

/** The normal distribution function, by the Taylor series of its integral near 0 and a continued fraction in the tails. */
function normalBelow(x: number): number {
  if (Math.abs(x) > 5) return x < 0 ? 0 : 1
  let term = x
  let sum = x
  for (let k = 1; Math.abs(term) > 1e-17; k++) {
    term *= -(x * x) / (2 * k)
    sum += term / (2 * k + 1)
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI)
}
