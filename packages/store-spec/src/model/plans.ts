import type { Extras, Kind, NewJob, Parent, Schedule, Unique } from '@millrace/core'
import { plainRetry, sampleJob } from '../samples.ts'
import type { Deed, EdgePlan, FlowPlan, JobPlan, UniquePlan } from './step.ts'
import type { World } from './world.ts'

/** The two queues of a run. */
export const queueNames = ['a', 'b'] as const
const hook: Kind = { queue: 'b', name: 'hook', version: 1, retry: plainRetry, timeoutMs: 0 }

/** The job a plan means in this world. */
export function newJob(plan: JobPlan, world: World): NewJob {
  const again = plan.again === undefined ? undefined : world.job(plan.again)?.id
  const { maxFailures, maxCrashes, forMs } = plan
  return sampleJob(again ?? world.freshId(), {
    queue: queueNames[plan.queue]!,
    name: `name-${plan.name}`,
    payload: 'x'.repeat(plan.size),
    priority: plan.priority,
    runAt: plan.delayMs === 0 ? 0 : world.now + plan.delayMs,
    // No draws: a store may leave gaps in its numbers, and the draws depend on them.
    retry: { ...plainRetry, maxFailures, maxCrashes, ...(forMs !== undefined && { forMs }) },
    extras: extrasOf(plan, world),
  })
}

function extrasOf(plan: JobPlan, world: World): Extras {
  const { key, unique, idempotency, deadlineMs, parents, onDead } = plan
  return {
    ...(key !== undefined && { key: `k${key}` }),
    ...(unique !== undefined && { unique: uniqueOf(unique) }),
    ...(idempotency !== undefined && {
      idempotency: { key: `i${idempotency.key}`, hash: `h${idempotency.hash}` },
    }),
    ...(deadlineMs !== undefined && { deadline: world.now + deadlineMs }),
    ...(parents.length > 0 && { parents: parentsOf(parents, (pick) => world.job(pick)?.id ?? 'nobody') }),
    ...(onDead && { onDead: hook }),
  }
}

function uniqueOf({ key, maxWaitMs, ...policy }: UniquePlan): Unique {
  return { ...policy, key: `u${key}`, ...(maxWaitMs !== undefined && { maxWaitMs }) }
}

function parentsOf(edges: readonly EdgePlan[], idOf: (pick: number) => string): readonly Parent[] {
  const byId = new Map(edges.map(({ job, onFailure }) => [idOf(job), onFailure]))
  return [...byId].map(([id, onFailure]) => ({ id, onFailure }))
}

/** A flow's jobs, each after some of those before it. */
export function flowJobs({ steps, queue }: Extract<Deed, { kind: 'flow' }>, world: World): readonly NewJob[] {
  const ids = steps.map(() => world.freshId())
  return steps.map((plan, index) => {
    const parents = index === 0 ? [] : parentsOf(plan.after, (pick) => ids[pick % index]!)
    return sampleJob(ids[index]!, {
      queue: queueNames[queue]!,
      name: 'name-0',
      retry: { ...plainRetry, maxFailures: 2, maxCrashes: 2 },
      extras: {
        flow: flowStep(plan, ids[0]!, index),
        ...(parents.length > 0 && { parents }),
        ...(plan.key !== undefined && { key: `k${plan.key}` }),
        ...(plan.deadlineMs !== undefined && { deadline: world.now + plan.deadlineMs }),
      },
    })
  })
}

function flowStep(plan: FlowPlan, flow: string, index: number): NonNullable<Extras['flow']> {
  const compensate: Kind = { queue: 'a', name: 'undo', version: 1, retry: plainRetry, timeoutMs: 0 }
  return { id: `flow/${flow}`, step: `step-${index}`, ...(plan.compensate && { compensate }) }
}

export function scheduleOf(
  { schedule, overlap }: Extract<Deed, { kind: 'schedule' }>,
  world: World,
): Schedule {
  const id = `schedule-${schedule}`
  return {
    id,
    spec: { everyMs: 1_000, anchor: 0 },
    missed: 'latest',
    overlap,
    template: sampleJob('template', { queue: 'b', name: 'name-1' }),
    // A changed schedule starts after what was fired, as the runtime's do.
    nextAt: world.reference.schedule(id)?.nextAt ?? world.now,
    lastJob: '',
    paused: false,
  }
}
