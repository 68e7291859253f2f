import { deeds } from './deeds.ts'
import type { Mark } from './marks.ts'
import { safetyMs, type WorldPlan } from './plan.ts'
import type { Violation } from './audit.ts'
import { World } from './world.ts'

export interface WorldOutcome {
  readonly hash: string
  readonly violations: readonly Violation[]
  readonly marks: ReadonlySet<Mark>
  readonly jobs: number
  readonly steps: number
}

const lookEveryMs = 500
/** Once the faults are over, everything must have ended within this time. */
const longestLivenessMs = 600_000
const closingMs = 60_000

/** One world from its beginning to its end: faults, then a time without, in which everything must come to an end. */
export async function runWorld(plan: WorldPlan, isWatched = true): Promise<WorldOutcome> {
  const world = new World(plan, isWatched)
  await world.open()
  await world.timeline.runTo(100)
  for (const step of plan.steps) {
    await lookUntil(world, step.at + 100)
    const process = world.processes[step.on % plan.processes]!
    deeds[step.do](world, process, step)
    if (world.violations.length > 0) return outcomeOf(world)
  }
  await lookUntil(world, safetyMs + 100)
  world.heal()
  await converge(world)
  if (world.violations.length === 0) await close(world)
  return outcomeOf(world)
}

async function lookUntil(world: World, time: number): Promise<void> {
  while (world.now < time && world.violations.length === 0) {
    await world.timeline.runTo(Math.min(time, world.now + lookEveryMs))
    world.look()
  }
}

async function converge(world: World): Promise<void> {
  const until = world.now + longestLivenessMs
  while (world.now < until - longestLivenessMs + 10_000 && world.violations.length === 0)
    await unhindered(world)
  while (world.unfinished > 0 && world.violations.length === 0 && world.now < until) await unhindered(world)
  world.end()
}

/** Users who paused a queue resume it, and end their schedules. */
async function unhindered(world: World): Promise<void> {
  await lookUntil(world, world.now + lookEveryMs)
  const runtime = world.processes.find(({ isUp }) => isUp)?.runtime
  for (const queue of world.rows.queueNames())
    if (world.rows.queue(queue)?.paused === true) runtime?.resume(queue).catch(() => {})
  for (const { id } of world.rows.schedules()) runtime?.unschedule(id).catch(() => {})
}

async function close(world: World): Promise<void> {
  for (const process of world.processes) {
    const { runtime } = process
    process.runtime = undefined
    if (runtime !== undefined)
      runtime.close({ drain: 0 }).then(
        () => world.closed(process),
        () => {},
      )
  }
  await world.timeline.runTo(world.now + closingMs)
  world.allClosed()
}

function outcomeOf(world: World): WorldOutcome {
  return {
    hash: world.hash,
    violations: world.violations,
    marks: world.marks,
    jobs: world.jobs.size,
    steps: world.timeline.steps,
  }
}
