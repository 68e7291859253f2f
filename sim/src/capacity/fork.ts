import { refuse } from '../scenario/shape.ts'
import type { Scenario, Seconds } from '../scenario/scenario.ts'

/** Up to `at` the run is the scenario's own, to the last event; from there on these settings hold, with the same luck. */
export interface Fork {
  readonly at: Seconds
  readonly scenario: Scenario
}

/**
 * The settings of the fork, if a running system can take them up.
 * @throws {MillraceError} BAD_ARGUMENT, with the path of what cannot change.
 */
export function forked(before: Scenario, { at, scenario: after }: Fork): Scenario {
  if (!(at >= 0 && at <= 1e9)) refuse('fork.at', 'a time from 0 to 1000000000 seconds', at)
  same(before.seed, after.seed, 'seed')
  same(
    before.classes.map(({ id }) => id),
    after.classes.map(({ id }) => id),
    'classes',
  )
  after.classes.forEach(({ arrivals, queue }, index) => {
    const one = before.classes[index]!
    same(one.queue, queue, `classes[${index}].queue`)
    if (one.arrivals.kind === 'closed' || arrivals.kind === 'closed')
      same(one.arrivals, arrivals, `classes[${index}].arrivals`)
  })
  same(Object.keys(before.queues), Object.keys(after.queues), 'queues')
  for (const [name, { order }] of Object.entries(after.queues))
    same(before.queues[name]!.order, order, `queues.${name}.order`)
  const { count: _before, weights: _weights, ...house } = before.workers
  const { count: _after, weights: _other, ...newHouse } = after.workers
  same(house, newHouse, 'workers, but for count and weights,')
  if (after.workers.autoscale !== 'none')
    same(before.workers.count, after.workers.count, 'workers.count under autoscale')
  same(before.faults, after.faults.slice(0, before.faults.length), 'faults that were there')
  after.faults.slice(before.faults.length).forEach((fault, index) => {
    if (fault.at < at)
      refuse(`fork.scenario.faults[${before.faults.length + index}].at`, `at least ${at}`, fault.at)
  })
  return { ...after, warmup: before.warmup }
}

function same(before: unknown, after: unknown, what: string): void {
  if (JSON.stringify(before) !== JSON.stringify(after))
    refuse(`fork.scenario.${what}`, `as before the fork`, after)
}
