import { choice, flag, list, number, optional, orWord, pair, text, time, type Shape } from './shape.ts'
import { maybe, object, record, single, tagged } from './shape-object.ts'
import type * as model from './scenario.ts'

const name = text(/^[A-Za-z0-9._:@/-]{1,128}$/, 'a name of 1 to 128 letters, digits and . _ : @ / -')
const duration = time({ min: 0 })
const positiveTime = time({ above: 0 })
const rate = number({ above: 0, max: 1e9 })
const anyRate = number({ min: 0, max: 1e9 })
const probability = number({ min: 0, max: 1 })
const atLeastOne = number({ min: 1, max: 1e9, whole: true })

const distribution: Shape<model.Distribution> = tagged<'dist', model.Distribution>('dist', {
  exponential: { mean: positiveTime },
  deterministic: { value: duration },
  lognormal: { mean: positiveTime, cv2: number({ min: 0, max: 1e6 }) },
  uniform: { min: duration, max: positiveTime },
  erlang: { k: number({ min: 1, max: 1_000, whole: true }), mean: positiveTime },
  hyperexponential: { mean: positiveTime, cv2: number({ min: 1, max: 1e6 }) },
  empirical: { values: list(duration, { min: 1, max: 100_000 }) },
})

const arrivals: Shape<model.Arrivals> = tagged<'kind', model.Arrivals>('kind', {
  poisson: { rate },
  deterministic: { every: positiveTime },
  mmpp: { rates: list(anyRate, { min: 2, max: 64 }), switch: list(rate, { min: 2, max: 64 }) },
  piecewise: { points: list(pair(duration, anyRate), { min: 1, max: 10_000 }) },
  trace: { times: list(duration, { min: 1, max: 10_000_000 }) },
  batch: { rate, size: number({ min: 1, max: 1e6, whole: true }) },
  closed: { users: number({ min: 1, max: 1e6, whole: true }), think: thinkTime() },
})

/** A time alone is the mean of an exponential one. */
function thinkTime(): Shape<model.Distribution> {
  const { read, schema } = timeOr(distribution)
  return {
    read: (value, path) => {
      const think = read(value, path)
      return typeof think === 'number' ? { dist: 'exponential', mean: think } : think
    },
    schema,
  }
}

const failure: Shape<model.Failure> = single<model.Failure>({
  p: probability,
  byAttempt: list(probability, { min: 1, max: 1_000 }),
  poison: probability,
})

const attemptHistory: Shape<model.AttemptHistory> = object<model.AttemptHistory>({
  takes: duration,
  fate: optional(choice('completes', 'fails', 'crashes'), 'completes'),
  again: maybe(duration) as Shape<number>,
})

const jobHistory: Shape<model.JobHistory> = object<model.JobHistory>({
  attempts: list(attemptHistory, { min: 0, max: 10_000 }),
  leaves: maybe(duration) as Shape<number>,
})

export const jobClass: Shape<model.JobClass> = object<model.JobClass>({
  id: name,
  queue: optional(name, 'default'),
  arrivals,
  service: distribution,
  priority: optional(number({ min: -1_000, max: 1_000, whole: true }), 0),
  failure: optional(failure, { p: 0 }),
  patience: optional(orWord('unlimited', distribution), 'unlimited'),
  history: maybe(list(jobHistory, { min: 1, max: 10_000_000 })) as Shape<readonly model.JobHistory[]>,
})

export const queueModel: Shape<model.QueueModel> = object<model.QueueModel>({
  capacity: optional(orWord('unlimited', atLeastOne), 'unlimited'),
  overflow: optional(choice('reject', 'wait', 'shedOldest', 'shedLowest'), 'reject'),
  order: optional(choice('priority', 'fair'), 'priority'),
  ageing: optional(orWord('strict', duration), 60),
  weight: optional(number({ above: 0, max: 1e6 }), 1),
  concurrency: optional(orWord('unlimited', atLeastOne), 'unlimited'),
  rate: optional(
    orWord('unlimited', object<model.RateLimit>({ limit: atLeastOne, per: time({ above: 0 }) })),
    'unlimited',
  ),
})

const autoscale: Shape<model.Autoscale> = object<model.Autoscale>({
  min: optional(number({ min: 0, max: 1e6, whole: true }), 1),
  max: number({ min: 1, max: 1e6, whole: true }),
  depth: optional(number({ above: 0, max: 1e12 }), 1_000),
  lag: optional(positiveTime, 30),
  cooldown: optional(duration, 60),
  startup: optional(duration, 0),
})

const workers: Shape<model.Workers> = object<model.Workers>({
  count: optional(number({ min: 0, max: 1e6, whole: true }), 1),
  concurrency: optional(number({ min: 1, max: 10_000, whole: true }), 1),
  poll: optional(orWord('none', timeOr(record(name, positiveTime))), 'none'),
  weights: optional(record(name, number({ above: 0, max: 1e6 })), {}),
  dedicated: optional(record(name, number({ min: 0, max: 1e6, whole: true })), {}),
  autoscale: optional(orWord('none', autoscale), 'none'),
  breakdown: optional(
    orWord('none', object<model.Breakdown>({ mtbf: positiveTime, repair: positiveTime })),
    'none',
  ),
  lease: optional(positiveTime, 30),
})

function timeOr<T extends object>(other: Shape<T>): Shape<model.Seconds | T> {
  return {
    read: (value, path) =>
      typeof value === 'object' ? other.read(value, path) : positiveTime.read(value, path),
    schema: { anyOf: [positiveTime.schema, other.schema] },
  }
}

const backoff: Shape<model.Backoff> = tagged<'kind', model.Backoff>('kind', {
  exponential: {
    base: duration,
    factor: optional(number({ min: 1, max: 100 }), 2),
    max: optional(duration, 3_600),
  },
  linear: { base: duration, step: duration, max: optional(duration, 3_600) },
  fixed: { delay: duration },
  table: { delays: list(duration, { min: 1, max: 1_000 }) },
})

const retry: Shape<model.Retry> = object<model.Retry>({
  maxFailures: optional(number({ min: 1, max: 1e6, whole: true }), 5),
  maxCrashes: optional(number({ min: 1, max: 1e6, whole: true }), 3),
  backoff: optional(backoff, { kind: 'exponential', base: 1, factor: 2, max: 3_600 }),
  jitter: optional(choice('spread', 'none', 'full', 'equal', 'decorrelated'), 'spread'),
  budget: optional(
    orWord(
      'none',
      object<{ readonly ratio: number; readonly burst: number }>({
        ratio: probability,
        burst: number({ min: 0, max: 1e6 }),
      }),
    ),
    'none',
  ),
  timeout: optional(orWord('none', positiveTime), 'none'),
  timeoutFrom: optional(choice('claim', 'ready'), 'claim'),
  cancelOnTimeout: optional(flag, true),
})

const fault: Shape<model.ScenarioFault> = tagged<'kind', model.ScenarioFault>('kind', {
  outage: { at: duration, for: positiveTime, workers: atLeastOne },
  slow: { at: duration, for: positiveTime, factor: number({ above: 0, max: 1e6 }) },
  burst: { at: duration, class: name, jobs: number({ min: 1, max: 1e7, whole: true }) },
})

export const objective: Shape<model.Objective> = object<model.Objective>({
  metric: choice(
    'mean.wait',
    'p50.wait',
    'p95.wait',
    'p99.wait',
    'mean.sojourn',
    'p50.sojourn',
    'p95.sojourn',
    'p99.sojourn',
  ),
  class: maybe(name) as Shape<string>,
  lt: positiveTime,
})

const stop: Shape<model.Stop> = object<model.Stop>({
  jobs: optional(orWord('unlimited', number({ min: 1, max: 1e12, whole: true })), 'unlimited'),
  horizon: optional(orWord('none', positiveTime), 'none'),
  halfWidth: optional(orWord('none', number({ above: 0, max: 1 })), 'none'),
})

export const scenario: Shape<model.Scenario> = object<model.Scenario>({
  v: choice(1),
  name: optional(name, 'scenario'),
  seed: optional(number({ min: 0, max: Number.MAX_SAFE_INTEGER, whole: true }), 1),
  horizon: optional(orWord('none', positiveTime), 'none'),
  warmup: optional(orWord('auto', duration), 'auto'),
  classes: list(jobClass, { min: 1, max: 100 }),
  queues: optional(record(name, queueModel), {}),
  workers: optional(workers, workers.read({}, 'workers')),
  retry: optional(retry, retry.read({}, 'retry')),
  faults: optional(list(fault, { min: 0, max: 1_000 }), []),
  slo: optional(list(objective, { min: 0, max: 100 }), []),
  stop: optional(stop, stop.read({}, 'stop')),
})
