import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Threads } from '../../sim/src/command/threads.ts'
import { replications, runInTurn } from '../../sim/src/report/replications.ts'
import type { Report } from '../../sim/src/report/report.ts'
import { parseScenario } from '../../sim/src/scenario/parse.ts'
import { planOf } from '../../sim/src/worlds/plan.ts'
import { file, folder, main, sim } from './desktop.ts'

const scenario = {
  v: 1,
  name: 'small',
  classes: [{ id: 'a', arrivals: { kind: 'poisson', rate: 0.8 }, service: { dist: 'exponential', mean: 1 } }],
  stop: { jobs: 5_000 },
}

describe('the command', { timeout: 60_000 }, () => {
  test('run answers in JSON, and replay finds the same again to the last event', async () => {
    const path = file('small.json', JSON.stringify(scenario))
    const { code, out, err } = await sim('run', path, '--seed', '7', '--replications', '3', '--json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const report = JSON.parse(out) as Report
    expect(report).toMatchObject({
      seed: 7,
      replications: 3,
      jobs: 15_000,
      accepted: 15_000,
      completed: 15_000,
    })
    const { wait } = report.classes.a!
    expect(wait.ci![0]).toBeLessThan(wait.mean)
    expect(wait.ci![1]).toBeGreaterThan(wait.mean)
    expect(report.theory?.values.classes?.[0]?.wait?.mean).toBeCloseTo(4, 9)

    const again = await sim('replay', file('report.json', out), '--json')
    expect(again.code).toBe(0)
    expect(JSON.parse(again.out)).toEqual({ same: true, hash: report.hash, again: report.hash })
    const changed = JSON.stringify({ ...report, hash: '0123456789abcdef' })
    expect((await sim('replay', file('changed.json', changed))).code).toBe(1)
    expect((await sim('replay', path)).out).toMatch(/^the same to the last of \d+ events/)
  })

  test('replay says which run differs, and between which checkpoints', async () => {
    const path = file('parts.json', JSON.stringify(scenario))
    const report = JSON.parse((await sim('run', path, '--replications', '3', '--json')).out) as Report
    const [first, second, third] = report.runs
    const checkpoints = second!.checkpoints.with(2, '0123456789abcdef')
    const runs = [first, { ...second!, hash: 'fedcba9876543210', checkpoints }, third]
    const changed = file('parted.json', JSON.stringify({ ...report, hash: '0123456789abcdef', runs }))
    const { code, out } = await sim('replay', changed)
    expect(code).toBe(1)
    expect(out).toContain(
      `the run of seed ${second!.seed} is the same for 2048 events and parts within 1024 more`,
    )
  })

  test('list names the presets; run prints a table into a pipe, without a bar', async () => {
    const { out } = await sim('list')
    expect(out).toContain('black-friday')
    const text = await sim('run', file('text.json', JSON.stringify(scenario)))
    expect(text.out).toMatch(/a: wait, mean +[\d.]+ +[\d.]+ \.\. [\d.]+ +4\n/)
    expect(text.err).toBe('')
  })

  test('plan answers with its exit code: 0 there is one, 1 there is none', async () => {
    const path = file('plan.json', JSON.stringify(scenario))
    const { code, out } = await sim('plan', path, '--slo', 'mean wait < 1s', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      feasible: true,
      workers: 2,
      infeasibleBelow: 1,
      metric: 'mean.wait',
    })
    expect((await sim('plan', path, '--slo', 'mean sojourn < 0.5s')).code).toBe(1)
  })

  const world = planOf(1, 3)
  const noProcess = file('no-process.json', JSON.stringify({ ...world, processes: 0 }))
  const noDeed = file(
    'no-deed.json',
    JSON.stringify({ ...world, steps: [{ ...world.steps[0]!, do: 'jump' }] }),
  )
  const tooFew = file('too-few.json', JSON.stringify({ hash: '', replications: -1, scenario }))
  const wrongCases = file(
    'cases.json',
    JSON.stringify({
      cases: [
        { id: 'one', scenario },
        { id: 'two', scenario: { v: 1, classes: [] } },
      ],
    }),
  )

  test.for([
    [['run', 'nope'], 'nope is neither a preset nor a file'],
    [['run'], 'name a preset'],
    [['jump'], 'jump is no command'],
    [['run', 'photo-upload-sync', '--seed', '-1'], '--seed'],
    [['run', 'photo-upload-sync', '--colour'], '--colour'],
    [['plan', 'photo-upload-sync'], 'the scenario has no slo'],
    [['replay', main], 'main.ts is not JSON'],
    [['replay', folder], 'cannot be read'],
    [['replay', noProcess], 'world.processes must be a whole number from 1'],
    [['replay', noDeed], 'world.steps[0].do must be'],
    [['replay', tooFew], 'replications must be a whole number from 1'],
    [['oracle', join(folder, '../nope.json')], 'nope.json cannot be read'],
    [['oracle', join(import.meta.dirname, '../../package.json')], 'package.json has no cases'],
    [['oracle', wrongCases], 'case two: scenario.classes must be a list'],
    [['run', 'trip-saga', '--html', join(folder, 'no/where.html')], 'where.html cannot be written'],
  ] as const)('%j is refused with 2 and a word of advice', async ([words, advice]) => {
    const { code, err } = await sim(...words)
    expect(code).toBe(2)
    expect(err).toContain(advice)
  })
})

test('threads answer as one does, in the order asked, and hand on a failure', async () => {
  const threads = new Threads(2)
  try {
    const all = replications(parseScenario({ ...scenario, stop: { jobs: 3_000 } }), 5)
    const side = await threads.runAll(all)
    expect(side).toEqual(await runInTurn(all))
    await expect(threads.runAll([{} as never])).rejects.toThrow()
  } finally {
    await threads.close()
  }
})
