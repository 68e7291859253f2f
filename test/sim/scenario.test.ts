import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  canonicalText,
  scenarioFromLink,
  scenarioId,
  scenarioToLink,
} from '../../sim/src/scenario/canonical.ts'
import { parseScenario, readScenario } from '../../sim/src/scenario/parse.ts'
import { presets } from '../../sim/src/scenario/presets.ts'
import { scenarioSchema } from '../../sim/src/scenario/schema.ts'
import { runs } from '../depth.ts'
import { schemaErrors } from './json-schema.ts'

const service = { dist: 'exponential', mean: 1 }
const arrivals = { kind: 'poisson', rate: 1 }
const simple = { v: 1, classes: [{ id: 'a', arrivals, service }] }
const schemaFile = join(import.meta.dirname, '../../sim/scenario.schema.json')

/** The simple scenario with one field, named by its path, set. */
function altered(path: string, value: unknown): object {
  const copy = structuredClone(simple) as object
  const names = path.split('.')
  const last = names.pop()!
  const at = names.reduce<Record<string, unknown>>(
    (object, name) => (object[name] ??= {}) as Record<string, unknown>,
    copy as Record<string, unknown>,
  )
  at[last] = value
  return copy
}

describe('reading a scenario', () => {
  test('fills in every default', () => {
    expect(parseScenario(simple)).toMatchSnapshot()
  })

  test('takes times as seconds or as text with a unit', () => {
    const mean = (value: unknown): unknown => {
      const service = parseScenario(altered('classes.0.service', { dist: 'exponential', mean: value }))
        .classes[0]!.service
      return 'mean' in service && service.mean
    }
    expect(['250ms', '1.5s', '5m', '2h', '1d', '20us', 0.7].map(mean)).toEqual([
      0.25, 1.5, 300, 7_200, 86_400, 20e-6, 0.7,
    ])
  })

  test('users think for exponential times, or as they are told', () => {
    const think = (value: unknown): unknown => {
      const { arrivals } = parseScenario(
        altered('classes.0.arrivals', { kind: 'closed', users: 2, think: value }),
      ).classes[0]!
      return 'think' in arrivals && arrivals.think
    }
    expect(think('250ms')).toEqual({ dist: 'exponential', mean: 0.25 })
    expect(think({ dist: 'deterministic', value: 4 })).toEqual({ dist: 'deterministic', value: 4 })
  })

  test('a run that names no end stops when its intervals are narrow', () => {
    expect(parseScenario(simple).stop).toEqual({ jobs: 20_000_000, horizon: 'none', halfWidth: 0.01 })
    expect(parseScenario({ ...simple, horizon: 5 }).stop.jobs).toBe('unlimited')
  })

  const wrong: readonly (readonly [path: string, value: unknown, message: string])[] = [
    ['v', 2, 'scenario.v must be 1, not 2'],
    ['classes', [], 'scenario.classes must be a list of 1 to 100 entries, not 0'],
    ['classes.0.id', '', 'scenario.classes[0].id must be a name of 1 to 128'],
    [
      'classes.0.arrivals',
      { kind: 'poissson', rate: 1 },
      `scenario.classes[0].arrivals.kind must be one of 'poisson'`,
    ],
    ['classes.0.arrivals', { kind: 'poisson' }, 'scenario.classes[0].arrivals.rate must be a number above 0'],
    ['classes.0.arrivals.rate', 0, 'scenario.classes[0].arrivals.rate must be a number above 0'],
    ['classes.0.arrivals.rate', '200/s', 'scenario.classes[0].arrivals.rate must be a number above 0'],
    ['classes.0.arrivals.rate', NaN, 'scenario.classes[0].arrivals.rate must be a number above 0'],
    [
      'classes.0.service.mean',
      '250',
      `scenario.classes[0].service.mean must be a time: seconds, or text such as '250ms'`,
    ],
    ['classes.0.service.mean', -1, 'scenario.classes[0].service.mean must be a number above 0'],
    [
      'classes.0.service',
      { dist: 'hyperexponential', mean: 1, cv2: 0.5 },
      'scenario.classes[0].service.cv2 must be a number from 1',
    ],
    [
      'classes.0.service',
      { dist: 'erlang', k: 1.5, mean: 1 },
      'scenario.classes[0].service.k must be a whole number from 1',
    ],
    [
      'classes.0.service',
      { dist: 'uniform', min: 2, max: 1 },
      'scenario.classes[0].service.min must be at most max (1), not 2',
    ],
    [
      'classes.0.service.median',
      1,
      'scenario.classes[0].service.median must be left out: known are mean, not 1',
    ],
    [
      'classes.0.failure',
      { p: 0.1, poison: 0.1 },
      'scenario.classes[0].failure must be an object with one of p, byAttempt, poison',
    ],
    [
      'classes.0.failure',
      { byAttempt: [0, 1.2] },
      'scenario.classes[0].failure.byAttempt[1] must be a number from 0 up to 1',
    ],
    [
      'classes.0.arrivals',
      { kind: 'mmpp', rates: [1, 2], switch: [1, 1, 1] },
      'scenario.classes[0].arrivals.switch must be as long as rates (2), not 3',
    ],
    [
      'classes.0.arrivals',
      {
        kind: 'piecewise',
        points: [
          [5, 1],
          [4, 1],
        ],
      },
      'scenario.classes[0].arrivals.points[1] must be no earlier than the one before, not 4',
    ],
    [
      'classes.0.arrivals',
      { kind: 'closed', users: 1, think: { dist: 'x' } },
      `scenario.classes[0].arrivals.think.dist must be one of`,
    ],
    [
      'classes.0.arrivals',
      { kind: 'closed', users: 1, think: 0 },
      `scenario.classes[0].arrivals.think must be a number above 0`,
    ],
    [
      'classes.1',
      { id: 'a', arrivals, service },
      'scenario.classes[1].id must be unlike the id of every other class, not "a"',
    ],
    ['workers.count', -1, 'scenario.workers.count must be a whole number from 0'],
    [
      'workers.poll',
      { other: 1 },
      'scenario.workers.poll.other must be left out, since no class or queue is named so',
    ],
    ['workers.dedicated', { other: 1 }, 'scenario.workers.dedicated.other must be left out'],
    [
      'workers.autoscale',
      { min: 5, max: 4 },
      'scenario.workers.autoscale.min must be at most max (4), not 5',
    ],
    ['queues.default', { capacity: 0 }, 'scenario.queues.default.capacity must be a whole number from 1'],
    ['queues', { 'a b': {} }, 'the name scenario.queues["a b"] must be a name of 1 to 128'],
    [
      'queues',
      { constructor: {}, default: { weight: 0 } },
      'scenario.queues.default.weight must be a number above 0',
    ],
    [
      'retry.backoff',
      { kind: 'table', delays: [] },
      'scenario.retry.backoff.delays must be a list of 1 to 1000 entries, not 0',
    ],
    ['retry.cancelOnTimeout', 1, 'scenario.retry.cancelOnTimeout must be true or false, not 1'],
    [
      'slo',
      [{ metric: 'p99.wait', class: 'b', lt: 1 }],
      'scenario.slo[0].class must be the id of a class (a), not "b"',
    ],
    [
      'faults',
      [{ kind: 'burst', at: 1, class: 'b', jobs: 1 }],
      'scenario.faults[0].class must be the id of a class (a), not "b"',
    ],
    ['seed', 2 ** 53, 'scenario.seed must be a whole number from 0'],
    ['colour', 'red', 'scenario.colour must be left out: known are v, name,'],
  ]

  test.for(wrong)('refuses %s = %j: %s', ([path, value, message]) => {
    expect(() => parseScenario(altered(path, value))).toThrowError(
      expect.objectContaining({ code: 'BAD_ARGUMENT', message: expect.stringContaining(message) as string }),
    )
  })

  test('refuses what is no JSON with the reason', () => {
    expect(() => readScenario('{')).toThrowError(
      expect.objectContaining({
        code: 'BAD_ARGUMENT',
        message: expect.stringMatching(/^scenario is not JSON: /) as string,
      }),
    )
  })

  test('a queue may be named like a property of every object', () => {
    const text = JSON.stringify(altered('classes.0.queue', '__proto__'))
    const { queues } = readScenario(text)
    expect(Object.keys(queues)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(queues)).toBe(Object.prototype)
  })
})

describe('the published schema', () => {
  test('is the file beside the package (npm run sim -- schema writes it)', () => {
    expect(JSON.parse(readFileSync(schemaFile, 'utf8'))).toEqual(scenarioSchema)
  })

  test('accepts every preset, as written and in full', () => {
    for (const { scenario } of presets.values()) expect(schemaErrors(scenarioSchema, scenario)).toEqual([])
  })

  test('accepts and refuses what the reader does, for any one field changed', () => {
    const anyValue = fc.oneof(
      fc.constantFrom(-1, 0, 0.5, 1, 2, 1e12, NaN, '1s', '250ms', 'x', 'none', 'unlimited', true, null),
      fc.constantFrom([], {}, [1], { p: 0.5 }, service, arrivals, { kind: 'fixed', delay: 1 }),
    )
    const paths = fc.constantFrom(
      ...pathsIn(
        parseScenario({
          ...simple,
          slo: [{ metric: 'p99.wait', lt: 1 }],
          workers: { autoscale: { max: 9 } },
        }),
      ),
    )
    fc.assert(
      fc.property(paths, anyValue, (path, value) => {
        const changed = altered(path, value)
        // What NaN would mean in a file: JSON has none.
        if (Number.isNaN(value)) return
        const read = refusal(changed)
        // Rules between fields are the reader's alone.
        if (read !== undefined && /left out, since|at most max|id of a class|an interval, not/.test(read))
          return
        const errors = schemaErrors(scenarioSchema, changed)
        expect({ path, value, refused: errors.length > 0 }).toEqual({
          path,
          value,
          refused: read !== undefined,
        })
      }),
      { numRuns: runs(2_000) },
    )
  })
})

function refusal(value: unknown): string | undefined {
  try {
    parseScenario(value)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function pathsIn(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([name, one]) => [
    `${prefix}${name}`,
    ...(typeof one === 'object' ? pathsIn(one as object, `${prefix}${name}.`) : []),
  ])
}

describe('the canonical form', () => {
  test.for([...presets])(
    'of %s reads back to the same scenario, by file and by link',
    async ([, { scenario }]) => {
      expect(readScenario(canonicalText(scenario))).toEqual(scenario)
      const link = await scenarioToLink(scenario)
      expect(link).toMatch(/^[\w-]{1,2000}$/)
      expect(await scenarioFromLink(link)).toEqual(scenario)
    },
  )

  test('and the id do not depend on the order of the fields, nor on how a time is written', async () => {
    const one = parseScenario({
      ...simple,
      horizon: '1500ms',
      workers: { weights: { b: 1, c: 2 } },
      name: 'x',
      queues: { b: {}, c: {} },
    })
    const other = parseScenario({
      name: 'x',
      queues: { c: {}, b: {} },
      workers: { weights: { c: 2, b: 1 } },
      horizon: 1.5,
      classes: simple.classes,
      v: 1,
    })
    expect(canonicalText(one)).toBe(canonicalText(other))
    expect(await scenarioId(one)).toBe(await scenarioId(other))
    expect(await scenarioId(one)).toMatch(/^[0-9a-f]{64}$/)
    expect(await scenarioId(one)).not.toBe(await scenarioId({ ...one, seed: 2 }))
  })

  test('a link leaves out what everyone has', async () => {
    expect((await scenarioToLink(parseScenario(simple))).length).toBeLessThan(200)
  })

  test.for(['', 'AAAA', '%%%', 'a'.repeat(3_000)])('a damaged link (%s) is refused', async (link) => {
    await expect(scenarioFromLink(link)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
  })

  test('a link that unfolds to megabytes is refused', async () => {
    const stream = new Blob([' '.repeat(1_000_000)])
      .stream()
      .pipeThrough(new CompressionStream('deflate-raw'))
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
    const link = Buffer.from(bytes).toString('base64url')
    expect(link.length).toBeLessThan(2_000)
    await expect(scenarioFromLink(link)).rejects.toThrow('holds more than 65536 bytes')
  })

  test('a trace too long for a link is refused with advice', async () => {
    const times = Array.from({ length: 3_000 }, (_, index) => index + 1 / (index + 3))
    const scenario = parseScenario(altered('classes.0.arrivals', { kind: 'trace', times }))
    await expect(scenarioToLink(scenario)).rejects.toThrow('share it as a file')
  })
})
