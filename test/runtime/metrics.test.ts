import { defineJob } from '@millrace/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram } from '../../packages/runtime/src/histogram.ts'
import { runs } from '../depth.ts'
import { gate, setup } from './setup.ts'

const job = defineJob<number, string>('job', { retry: { maxFailures: 1 } })

test('a quantile is at most 4 % from the exact one', () => {
  const values = fc.array(fc.double({ min: 0.05, max: 1_000_000, noNaN: true }), {
    minLength: 1,
    maxLength: 200,
  })
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.95, 0.99, 1), (list, q) => {
      const histogram = new Histogram()
      for (const value of list) histogram.record(value)
      const exact = list.toSorted((a, b) => a - b)[Math.ceil(q * list.length) - 1]!
      expect(histogram.quantile(q)).toBeGreaterThanOrEqual(exact * 0.96)
      expect(histogram.quantile(q)).toBeLessThanOrEqual(exact * 1.04 + 0.001)
    }),
    { numRuns: runs(1_000) },
  )
})

test('nothing recorded is zero, and what is out of range is kept in', () => {
  const histogram = new Histogram()
  expect(histogram.quantile(0.5)).toBe(0)
  histogram.record(0)
  histogram.record(1e12)
  expect(histogram.count).toBe(2)
  expect(histogram.max).toBe(1e12)
  expect(histogram.quantile(0.5)).toBeLessThan(0.01)
})

test('metrics count what the workers did, how fast, and how long jobs waited and ran', async () => {
  const { runtime, clock } = await setup()
  const gates = [gate<string>(), gate<string>(), gate<string>()]
  runtime.handle(job, (n) => gates[n]!.promise)
  await runtime.enqueueMany(job, [0, 1, 2])
  await clock.advance(2_000)
  runtime.work()
  await clock.advance(500)
  gates[0]!.resolve('')
  gates[1]!.reject(new Error('no'))
  await clock.advance(0)
  const metrics = runtime.metrics()
  expect(metrics.counts).toMatchObject({ claimed: 3, completed: 1, failed: 1, errors: 0 })
  expect(metrics.running).toBe(1)
  expect(metrics.perSecond.completed).toBeCloseTo(1 / 2.5)
  expect(metrics.wait.p50).toBe(2_000)
  expect(metrics.run.max).toBe(500)
})

test('rates are those of the last minute', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(job, () => 'done')
  runtime.work()
  for (let second = 0; second < 120; second++) {
    await runtime.enqueueMany(job, second < 60 ? [0, 0, 0] : [0])
    await clock.advance(1_000)
  }
  expect(runtime.metrics().perSecond.completed).toBeCloseTo(1, 1)
  await clock.advance(120_000)
  expect(runtime.metrics().perSecond.completed).toBe(0)
})
