import type { WorldPlan } from './plan.ts'

/** Whether a plan still fails in the way that is looked into. */
export type Fails = (plan: WorldPlan) => Promise<boolean>

/** The plan with as few steps as show the same failure: halves, quarters and so on are left out in turn (Zeller's ddmin), then the world is made plainer. */
export async function shrink(plan: WorldPlan, fails: Fails): Promise<WorldPlan> {
  let smallest = plan
  for (let size = Math.ceil(plan.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    smallest = await withoutSlices(smallest, size, fails)
  for (const plainer of plainerWorlds) {
    const candidate = plainer(smallest)
    if (await fails(candidate)) smallest = candidate
  }
  return smallest
}

async function withoutSlices(plan: WorldPlan, size: number, fails: Fails): Promise<WorldPlan> {
  let left = plan
  for (let from = 0; from < left.steps.length;) {
    const candidate = { ...left, steps: left.steps.toSpliced(from, size) }
    if (await fails(candidate)) left = candidate
    else from += size
  }
  return left
}

const plainerWorlds: readonly ((plan: WorldPlan) => WorldPlan)[] = [
  (plan) => ({ ...plan, behaviours: [] }),
  (plan) => ({ ...plan, prefetch: 0 }),
  (plan) => ({ ...plan, concurrency: 1 }),
  (plan) => ({ ...plan, steps: plan.steps.map((step) => ({ ...step, on: 0 })) }),
]
