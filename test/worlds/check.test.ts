import { describe, expect, test } from 'vitest'
import { checkPlan, checkSeed } from '../../sim/src/worlds/check.ts'
import { deedNames, faultNames } from '../../sim/src/worlds/deed-names.ts'
import { deeds } from '../../sim/src/worlds/deeds.ts'
import { planOf, type WorldPlan } from '../../sim/src/worlds/plan.ts'
import { runWorld } from '../../sim/src/worlds/run-world.ts'
import { shrink } from '../../sim/src/worlds/shrink.ts'
import { World } from '../../sim/src/worlds/world.ts'
import { runs } from '../depth.ts'

describe('worlds', { timeout: 120_000 }, () => {
  test('hold every invariant, and are the same when they run again', async () => {
    for (let seed = 1; seed <= runs(12); seed++) {
      const { violation } = await checkSeed(seed)
      expect(violation, `npm run sim -- check --seed ${seed}`).toBeUndefined()
    }
  })

  test('know more than thirty kinds of fault, and what each of them does', () => {
    expect(faultNames.length).toBeGreaterThanOrEqual(30)
    expect(Object.keys(deeds).sort()).toEqual([...deedNames, ...faultNames].sort())
  })

  test('come out alike whether they are watched or not', async () => {
    const plan = planOf(7, 40)
    expect((await runWorld(plan, false)).hash).toBe((await runWorld(plan)).hash)
  })

  test('come out otherwise when one step is another', async () => {
    const plan = planOf(7, 40)
    const [first, ...rest] = plan.steps
    const other = { ...plan, steps: [{ ...first!, do: 'enqueue', at: first!.at + 1 } as const, ...rest] }
    expect((await runWorld(other)).hash).not.toBe((await runWorld(plan)).hash)
  })
})

test('a log that drops what it acknowledges is found out', async () => {
  const plan = { ...planOf(3, 1), world: 'server', processes: 2 } as const
  const world = new World(plan)
  await world.open()
  await world.timeline.runTo(1_000)
  world.log.append = () => {}
  deeds.enqueue(world, world.processes[0]!, { ...plan.steps[0]!, job: 'plain', count: 1 })
  await world.timeline.runTo(2_000)
  world.end()
  expect(world.violations.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^lost: order 1/))
})

test('shrinking keeps what makes a world fail and leaves out the rest', async () => {
  const plan = planOf(11, 40)
  const guilty = plan.steps[17]!
  const fails = (candidate: WorldPlan): Promise<boolean> =>
    Promise.resolve(candidate.steps.some(({ at, do: deed }) => at === guilty.at && deed === guilty.do))
  const smallest = await shrink(plan, fails)
  expect(smallest.steps).toEqual([{ ...guilty, on: 0 }])
  expect((await checkPlan(smallest)).violation).toBeUndefined()
})
