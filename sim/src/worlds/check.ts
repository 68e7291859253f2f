import { marks as allMarks, type Mark } from './marks.ts'
import { planOf, type WorldPlan } from './plan.ts'
import { runWorld, type WorldOutcome } from './run-world.ts'
import type { Violation } from './audit.ts'

/** What a seed's world showed. */
export interface SeedReport {
  readonly seed: number
  readonly hash: string
  readonly violation: Violation | undefined
  readonly marks: readonly Mark[]
  readonly jobs: number
  readonly steps: number
}

export const usualSteps = 40

/** Runs the world of a seed twice: for what it shows, and whether it shows the same again. */
export async function checkSeed(seed: number, steps = usualSteps, isOnce = false): Promise<SeedReport> {
  return await checkPlan(planOf(seed, steps), isOnce)
}

export async function checkPlan(plan: WorldPlan, isOnce = false): Promise<SeedReport> {
  const first = await runWorld(plan)
  // Nobody watches the second one: who watches must not change what happens.
  const again = isOnce || first.violations.length > 0 ? first : await runWorld(plan, false)
  return {
    seed: plan.seed,
    hash: first.hash,
    violation: first.violations[0] ?? unsteady(first, again),
    marks: [...first.marks],
    jobs: first.jobs,
    steps: first.steps,
  }
}

function unsteady(first: WorldOutcome, again: WorldOutcome): Violation | undefined {
  if (first.hash === again.hash) return undefined
  const what = `the first run's hash is ${first.hash}, the second one's ${again.hash}`
  return { invariant: 'the same seed gives the same run', what, at: 0 }
}

/** Marks that none of the reports reached. */
export function missed(reports: readonly SeedReport[]): readonly Mark[] {
  const reached = new Set(reports.flatMap(({ marks }) => marks))
  return allMarks.filter((mark) => !reached.has(mark))
}
