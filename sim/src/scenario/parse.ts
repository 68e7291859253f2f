import { MillraceError } from '@millrace/core'
import { scenario as shape, queueModel } from './format.ts'
import type { Distribution, Scenario } from './scenario.ts'
import { refuse } from './shape.ts'

/** Most jobs of a run that is to go on until its intervals are narrow enough. */
const mostJobs = 20_000_000

/**
 * A scenario from its JSON text.
 * @throws {MillraceError} BAD_ARGUMENT, with the path of the field that is wrong.
 */
export function readScenario(text: string): Scenario {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new MillraceError('BAD_ARGUMENT', `scenario is not JSON: ${(cause as Error).message}`, { cause })
  }
  return parseScenario(value)
}

/**
 * A scenario from data, checked, with every default filled in. Answers the same again for its own answer.
 * @throws {MillraceError} BAD_ARGUMENT, with the path of the field that is wrong.
 */
export function parseScenario(value: unknown): Scenario {
  const read = shape.read(value, 'scenario')
  const scenario = { ...read, queues: allQueues(read), stop: surelyEnding(read) }
  checkClasses(scenario)
  checkWorkers(scenario)
  checkReferences(scenario)
  return scenario
}

/** In order of their names, so that the order in which a file lists them changes nothing. */
function allQueues({ classes, queues }: Scenario): Scenario['queues'] {
  const missing = classes.map(({ queue }) => queue).filter((queue) => !Object.hasOwn(queues, queue))
  const all = [
    ...Object.entries(queues),
    ...missing.map((queue) => [queue, queueModel.read({}, 'queue')] as const),
  ]
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function surelyEnding({ stop, horizon }: Scenario): Scenario['stop'] {
  if (stop.jobs !== 'unlimited' || stop.horizon !== 'none' || horizon !== 'none') return stop
  return { ...stop, jobs: mostJobs, halfWidth: stop.halfWidth === 'none' ? 0.01 : stop.halfWidth }
}

function checkClasses({ classes }: Scenario): void {
  const seen = new Set<string>()
  classes.forEach(({ id, arrivals, service, patience }, index) => {
    const path = `scenario.classes[${index}]`
    if (seen.has(id)) refuse(`${path}.id`, 'unlike the id of every other class', id)
    seen.add(id)
    checkDistribution(service, `${path}.service`)
    if (patience !== 'unlimited') checkDistribution(patience, `${path}.patience`)
    if (arrivals.kind === 'closed') checkDistribution(arrivals.think, `${path}.arrivals.think`)
    if (arrivals.kind === 'mmpp' && arrivals.rates.length !== arrivals.switch.length)
      refuse(`${path}.arrivals.switch`, `as long as rates (${arrivals.rates.length})`, arrivals.switch.length)
    if (arrivals.kind === 'mmpp' && !arrivals.rates.some((rate) => rate > 0))
      refuse(`${path}.arrivals.rates`, 'above 0 at least once', arrivals.rates)
    if (arrivals.kind === 'piecewise') {
      if (!arrivals.points.some(([, rate]) => rate > 0))
        refuse(`${path}.arrivals.points`, 'of a rate above 0 at least once', arrivals.points)
      checkRising(
        arrivals.points.map(([at]) => at),
        `${path}.arrivals.points`,
      )
    }
    if (arrivals.kind === 'trace') checkRising(arrivals.times, `${path}.arrivals.times`)
  })
}

function checkDistribution(distribution: Distribution, path: string): void {
  if (distribution.dist === 'uniform' && distribution.min > distribution.max)
    refuse(`${path}.min`, `at most max (${distribution.max})`, distribution.min)
}

function checkRising(times: readonly number[], path: string): void {
  const falls = times.findIndex((time, index) => index > 0 && time < times[index - 1]!)
  if (falls >= 0) refuse(`${path}[${falls}]`, `no earlier than the one before`, times[falls])
}

function checkWorkers({ workers, queues }: Scenario): void {
  const { poll, weights, dedicated, autoscale } = workers
  for (const [field, names] of Object.entries({ weights, dedicated, poll }))
    if (typeof names === 'object') checkQueues(Object.keys(names), queues, `scenario.workers.${field}`)
  if (autoscale !== 'none' && autoscale.min > autoscale.max)
    refuse('scenario.workers.autoscale.min', `at most max (${autoscale.max})`, autoscale.min)
  if (typeof poll === 'object')
    for (const name of Object.keys(queues))
      if (!Object.hasOwn(poll, name)) refuse(`scenario.workers.poll.${name}`, 'an interval', undefined)
}

function checkQueues(names: readonly string[], queues: Scenario['queues'], path: string): void {
  for (const name of names)
    if (!Object.hasOwn(queues, name))
      refuse(`${path}.${name}`, `left out, since no class or queue is named so`, name)
}

function checkReferences({ classes, slo, faults }: Scenario): void {
  const known = new Set(classes.map(({ id }) => id))
  const check = (id: string | undefined, path: string): void => {
    if (id !== undefined && !known.has(id)) refuse(path, `the id of a class (${[...known].join(', ')})`, id)
  }
  slo.forEach((objective, index) => check(objective.class, `scenario.slo[${index}].class`))
  faults.forEach((fault, index) => {
    if (fault.kind === 'burst') check(fault.class, `scenario.faults[${index}].class`)
  })
}
