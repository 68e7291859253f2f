import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runOnce } from '../../sim/src/report/outcome.ts'
import type { Report } from '../../sim/src/report/report.ts'
import type { Scenario } from '../../sim/src/scenario/scenario.ts'
import { fitArrivals } from '../../sim/src/trace/fit-arrivals.ts'
import { fitDistribution } from '../../sim/src/trace/fit-distribution.ts'
import type { Comparison, Verdict } from '../../sim/src/trace/proof.ts'
import { readTrace } from '../../sim/src/trace/trace.ts'
import { arrivalProcess, type OpenArrivals } from '../../sim/src/random/arrival-process.ts'
import { sampler } from '../../sim/src/random/distribution.ts'
import { Stream } from '../../sim/src/kernel/stream.ts'
import type { Distribution } from '../../sim/src/scenario/scenario.ts'
import { file, folder, sim } from './desktop.ts'
import { realRun } from './real-run.ts'

interface Calibrated {
  readonly verdict: Verdict
  readonly scenario: Scenario
  readonly slots: number
  readonly comparisons: readonly Comparison[]
  readonly notes: readonly string[]
}

const busy = {
  v: 1,
  seed: 3,
  classes: [
    {
      id: 'resize',
      arrivals: { kind: 'poisson', rate: 0.06 },
      service: { dist: 'exponential', mean: 100 },
      failure: { p: 0.1 },
    },
  ],
  workers: { count: 10 },
  retry: { maxFailures: 4, jitter: 'none', backoff: { kind: 'fixed', delay: 200 } },
  stop: { jobs: 3_000 },
}

describe('from the runtime to a plan', { timeout: 120_000 }, () => {
  test('a trace is calibrated and proved, and the scenario it gives runs as a file', async () => {
    const path = file('trace.jsonl', (await realRun(busy)).text)
    const out = join(folder, 'fitted.json')
    const { code, out: text } = await sim('calibrate', path, '--out', out, '--json')
    const { verdict, scenario, comparisons } = JSON.parse(text) as Calibrated
    expect({ code, verdict }).toEqual({ code: 0, verdict: 'fits' })
    const [resize] = scenario.classes
    expect(resize).toMatchObject({ id: 'resize', failure: { p: expect.closeTo(0.1, 1) } })
    expect(scenario).toMatchObject({
      workers: { count: 10, concurrency: 1 },
      retry: { maxFailures: 4, backoff: { kind: 'fixed', delay: 200 } },
    })
    expect(comparisons).toHaveLength(6)
    for (const { recorded, replayed } of comparisons) expect(replayed).toBeCloseTo(recorded, 6)
    expect(runOnce(JSON.parse(readFileSync(out, 'utf8')) as Scenario).totals.jobs).toBeGreaterThan(2_500)
    expect((await sim('calibrate', path)).out).toContain('it fits')
  })

  test('a replay has the jobs and ends of the trace, and its report is replayed in turn', async () => {
    const { text, journeys, trace } = await realRun(busy)
    const path = file('replay.jsonl', text)
    const { code, out } = await sim('run', '--replay', path, '--json')
    expect(code).toBe(0)
    const report = JSON.parse(out) as Report
    const count = (event: string): number => trace.lines.filter((line) => line.event === event).length
    expect(report).toMatchObject({
      jobs: 3_000,
      attempts: count('started'),
      completed: count('completed'),
      dead: count('dead'),
      failures: count('failed'),
    })
    expect(report.dead + report.completed).toBe(journeys.all.length)
    expect((await sim('replay', file('report.json', out))).code).toBe(0)
  })

  test('what the model does not know makes it refuse: a worker that left the others alone', async () => {
    const { text } = await realRun(busy)
    // Services take twice as long in the second half, though their number does not tell.
    const [header, ...lines] = text.trimEnd().split('\n')
    const slow = lines.map((line) => {
      const told = JSON.parse(line) as { event: string; at: number; runAt?: number }
      if (told.event !== 'started') return line
      return JSON.stringify({ ...told, at: told.at, runAt: told.runAt! - 40_000 })
    })
    const path = file('odd.jsonl', [header, ...slow, ''].join('\n'))
    const { code, out } = await sim('calibrate', path, '--json')
    expect({ code, verdict: (JSON.parse(out) as Calibrated).verdict }).toEqual({
      code: 1,
      verdict: 'refused',
    })
  })

  test('too short a trace is said to be so', async () => {
    const { text } = await realRun({ ...busy, stop: { jobs: 60 } })
    const { code, out } = await sim('calibrate', file('short.jsonl', text))
    expect(code).toBe(3)
    expect(out).toContain('record for longer')
  })
})

describe('rubbish is refused with the line and what is wrong with it', { timeout: 60_000 }, () => {
  const header = '{"millrace":"trace","v":1,"startedAt":0,"queues":{}}'
  test.for([
    ['', 'line 1 of the trace is missing'],
    ['hello\nworld\n', 'line 1 of the trace is not JSON'],
    ['{"name":"x"}\n', 'line 1 of the trace is not the header'],
    ['[]\n', 'line 1 of the trace is not the header'],
    [header.replace('"v":1', '"v":2'), 'line 1 of the trace says version 2, and this reads version 1'],
    [`${header}\n{"at":1}\n`, 'line 2 of the trace has no event'],
    [
      `${header}\n{"event":"started","at":"x","job":1,"runAt":0}\n`,
      'line 2 of the trace (started): at must be a number, not "x"',
    ],
    [
      `${header}\n{"event":"enqueued","at":1,"job":1}\n`,
      'line 2 of the trace (enqueued): queue must be a string, not left out',
    ],
    [`${header}\n{"event":"sta\n{"event":"end","at":1}\n`, 'line 2 of the trace is not JSON'],
  ] as const)('%j', ([text, message]) => {
    expect(() => readTrace(text.split('\n'))).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }))
    expect(() => readTrace(text.split('\n'))).toThrow(message)
  })

  test('a torn last line, events of a later version, and a missing end are no reason to refuse', () => {
    const trace = readTrace([header, '{"event":"sneezed","at":1}', '{"event":"completed","at":2,"jo'])
    expect(trace.lines).toEqual([])
    expect(trace.notes).toEqual(['the trace has no end: its process died, or it is being written still'])
  })

  test.for([
    [['calibrate'], 'name the file of a trace'],
    [['calibrate', 'nope.jsonl'], 'nope.jsonl cannot be read'],
    [['run', 'trip-saga', '--replay', 'nope.jsonl'], 'leave out trip-saga'],
    [['run', '--replay', 'nope.jsonl', '--seed', '3'], 'leave out --seed'],
  ] as const)('%j', async ([words, message]) => {
    const { code, err } = await sim(...words)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })

  test('a trace without arrivals says so', async () => {
    const { code, err } = await sim('calibrate', file('empty.jsonl', `${header}\n`))
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('has no arrivals') })
  })
})

test.for<Distribution>([
  { dist: 'exponential', mean: 2 },
  { dist: 'uniform', min: 1, max: 5 },
  { dist: 'lognormal', mean: 2, cv2: 0.5 },
  { dist: 'erlang', k: 4, mean: 2 },
  { dist: 'hyperexponential', mean: 2, cv2: 4 },
  { dist: 'deterministic', value: 2 },
])('values drawn from $dist are told to be so', (distribution) => {
  const draw = sampler(distribution)
  const stream = new Stream(99, 'test')
  const found = fitDistribution(Array.from({ length: 4_000 }, (_, entity) => draw(stream, entity, 0)))
  expect(found.dist).toBe(distribution.dist)
})

test('values from two heaps are kept as they are', () => {
  const values = Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? 1 : 9) + index / 1_000)
  expect(fitDistribution(values)).toEqual({ dist: 'empirical', values: values.toSorted((a, b) => a - b) })
})

test.for<OpenArrivals>([
  { kind: 'poisson', rate: 2 },
  { kind: 'deterministic', every: 0.5 },
  { kind: 'batch', rate: 0.5, size: 3 },
  { kind: 'trace', times: Array.from({ length: 200 }, (_, index) => index ** 2 / 40) },
])('arrivals of kind $kind are told to be so', (arrivals) => {
  const process = arrivalProcess(arrivals, 5, 'test')
  const times: number[] = []
  for (let time = process.next(); time < 1e9 && times.length < 3_000; time = process.next())
    for (let job = 0; job < process.size; job++) times.push(time / 1e6)
  expect(fitArrivals(times, times.at(-1)!).kind).toBe(arrivals.kind)
})
