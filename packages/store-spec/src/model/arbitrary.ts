import type { QueueConfig, Supports, UniqueWhile } from '@millrace/core'
import fc from 'fast-check'
import type { Deed, EdgePlan, Ending, FlowPlan, JobPlan, QueuePlans, Step, UniquePlan } from './step.ts'

const pick = fc.nat({ max: 40 })
const durationMs = fc.constantFrom(0, 1, 10, 100, 1_000, 60_000)

/** Undefined `times` to one. */
function rarely<T>(arbitrary: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}

const edge: fc.Arbitrary<EdgePlan> = fc.record({
  job: pick,
  onFailure: fc.constantFrom('fail', 'continue', 'skip'),
})

const unique: fc.Arbitrary<UniquePlan> = fc.record({
  key: fc.constantFrom(0, 0, 1),
  while: fc.constantFrom<UniqueWhile>('pending', 'unfinished', 10, 1_000),
  onConflict: fc.constantFrom('keep', 'replace', 'debounce', 'throttle', 'rerun', 'reject'),
  waitMs: fc.constantFrom(0, 10, 100),
  maxWaitMs: rarely(fc.constantFrom(50, 1_000), 1),
})

const jobPlan: fc.Arbitrary<JobPlan> = fc.record({
  again: rarely(pick, 12),
  queue: fc.nat({ max: 1 }),
  name: fc.nat({ max: 1 }),
  size: fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 40 }) },
    { weight: 1, arbitrary: fc.constantFrom(1_023, 1_025, 5_000) },
  ),
  priority: fc.integer({ min: -2, max: 2 }),
  delayMs: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: durationMs }),
  key: rarely(fc.nat({ max: 1 }), 2),
  unique: rarely(unique, 2),
  idempotency: rarely(fc.record({ key: fc.nat({ max: 1 }), hash: fc.nat({ max: 1 }) }), 10),
  deadlineMs: rarely(durationMs, 8),
  parents: fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(edge, { minLength: 1, maxLength: 2 }) },
  ),
  maxFailures: fc.integer({ min: 1, max: 3 }),
  maxCrashes: fc.integer({ min: 1, max: 2 }),
  forMs: rarely(fc.constantFrom(0, 500), 10),
  onDead: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})

const flowPlan: fc.Arbitrary<FlowPlan> = fc.record({
  after: fc.array(edge, { maxLength: 2 }),
  compensate: fc.boolean(),
  key: rarely(fc.nat({ max: 1 }), 4),
  deadlineMs: rarely(durationMs, 8),
})

const ending: fc.Arbitrary<Ending> = fc.record({
  attempt: pick,
  outcome: fc.constantFrom(
    'complete',
    'complete',
    'complete',
    'fail',
    'fail',
    'dead',
    'retryAfter',
    'snooze',
    'release',
  ),
})

const claim: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constant('claim'),
  owner: fc.nat({ max: 2 }),
  limit: fc.integer({ min: 0, max: 5 }),
  queues: fc.constantFrom('a', 'b', 'both'),
  names: rarely(fc.uniqueArray(fc.nat({ max: 1 }), { maxLength: 2 }), 6),
  leaseMs: fc.constantFrom(1, 100, 30_000),
})

const enqueue: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constant('enqueue'),
  jobs: fc.array(jobPlan, { minLength: 1, maxLength: 4 }),
  how: fc.constantFrom('parts', 'parts', 'parts', 'atomic', 'exempt', 'child'),
  by: pick,
})

const settle: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constant('settle'),
  endings: fc.array(ending, { minLength: 1, maxLength: 4 }),
})

const tick: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('tick'),
  ms: fc.oneof(durationMs, fc.constant('next' as const)),
})

const flow: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constant('flow'),
  steps: fc.array(flowPlan, { minLength: 2, maxLength: 4 }),
  queue: fc.nat({ max: 1 }),
})

const rest: readonly fc.Arbitrary<Deed>[] = [
  fc.record({
    kind: fc.constant('renew'),
    attempts: fc.array(pick, { minLength: 1, maxLength: 3 }),
    leaseMs: fc.constantFrom(1, 1_000),
  }),
  fc.record({ kind: fc.constant('note'), attempt: pick, step: fc.nat({ max: 2 }) }),
  fc.record({
    kind: fc.constant('reap'),
    limit: fc.constantFrom(1, 2, 100),
    gone: rarely(fc.nat({ max: 2 }), 2),
  }),
  fc.record({ kind: fc.constant('cancel'), jobs: fc.array(pick, { minLength: 1, maxLength: 3 }) }),
  fc.record({
    kind: fc.constant('pause'),
    queue: fc.nat({ max: 1 }),
    paused: fc.constantFrom(true, false, false, false),
  }),
  fc.record({
    kind: fc.constant('redrive'),
    limit: fc.integer({ min: 1, max: 4 }),
    job: rarely(pick, 2),
    ratePerSecond: rarely(fc.constantFrom(1, 100), 2),
  }),
  fc.record({ kind: fc.constant('discard'), limit: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ kind: fc.constant('prune'), limit: fc.constantFrom(1, 100) }),
  fc.record({
    kind: fc.constant('schedule'),
    schedule: fc.constantFrom(0, 0, 0, 1),
    overlap: fc.constantFrom('skip', 'queue', 'allow', 'cancelPrevious'),
  }),
  fc.record({ kind: fc.constant('fire'), schedule: fc.constantFrom(0, 0, 0, 1), late: fc.nat({ max: 2 }) }),
  fc.record({
    kind: fc.constant('read'),
    what: fc.constantFrom('find', 'list', 'group', 'explain', 'schedules'),
    pick,
  }),
]

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 8, arbitrary: enqueue },
  { weight: 8, arbitrary: claim },
  { weight: 8, arbitrary: settle },
  { weight: 3, arbitrary: flow },
  ...rest.map((arbitrary) => ({ weight: 1, arbitrary })),
)

function call(minLength: number, maxLength: number): fc.Arbitrary<Step> {
  return fc.record({ kind: fc.constant('call'), deeds: fc.array(deed, { minLength, maxLength }) })
}

/** Any step; reopening and sharing only where the store can. */
export function stepOf(supports: Pick<Supports, 'reopen' | 'sharing'>): fc.Arbitrary<Step> {
  const share = fc.record({ kind: fc.constant('share' as const), store: fc.nat({ max: 2 }) })
  return fc.oneof(
    { weight: 36, arbitrary: call(1, 1) },
    { weight: 4, arbitrary: call(2, 5) },
    { weight: 8, arbitrary: tick },
    { weight: supports.reopen ? 1 : 0, arbitrary: fc.constant<Step>({ kind: 'reopen' }) },
    { weight: supports.sharing ? 1 : 0, arbitrary: share },
  )
}

const retained = fc.record({ ageMs: fc.constantFrom(0, 100, 1e9), count: fc.constantFrom(0, 2, 1_000) })

const limits: { readonly [Name in keyof QueueConfig]: fc.Arbitrary<QueueConfig[Name]> } = {
  maxJobs: fc.integer({ min: 1, max: 6 }),
  maxBytes: fc.integer({ min: 1, max: 120 }),
  overflow: fc.constantFrom('reject', 'wait', 'shedOldest', 'shedLowest'),
  order: fc.constantFrom('priority', 'fair'),
  ageing: fc.constantFrom(0, 10, Infinity),
  concurrency: fc.integer({ min: 1, max: 3 }),
  rate: fc.record({ limit: fc.integer({ min: 1, max: 3 }), perMs: fc.constantFrom(10, 1_000) }),
  keyConcurrency: fc.integer({ min: 1, max: 2 }),
  keyWeights: fc.record({ k0: fc.constantFrom(0.5, 2, 3) }),
  retryBudget: fc.record({ ratio: fc.constantFrom(0, 0.5), burst: fc.integer({ min: 0, max: 2 }) }),
  watermarks: fc.constant({ high: 0.9, low: 0.5 }),
  retention: fc.record({ completed: retained, dead: retained, cancelled: retained, expired: retained }),
}

/** A few limits at a time, so that each is met without the others as well. */
const queuePlan: fc.Arbitrary<Partial<QueueConfig>> = fc
  .tuple(fc.record(limits), fc.subarray(Object.keys(limits) as (keyof QueueConfig)[], { maxLength: 4 }))
  .map(([config, names]) => Object.fromEntries(names.map((name) => [name, config[name]])))

export const queuePlans: fc.Arbitrary<QueuePlans> = fc.tuple(queuePlan, queuePlan)
