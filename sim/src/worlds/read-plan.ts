import { choice, list, number, text } from '../scenario/shape.ts'
import { object } from '../scenario/shape-object.ts'
import { jobNames } from './catalogue.ts'
import { deedNames, faultNames } from './deed-names.ts'
import { behaviours, commands, type Step, type WorldPlan } from './plan.ts'

const milliseconds = number({ min: 0, max: 1e9 })

const step = object<Step>({
  at: milliseconds,
  do: choice(...deedNames, ...faultNames),
  on: number({ min: 0, max: 100, whole: true }),
  ms: milliseconds,
  count: number({ min: 1, max: 4, whole: true }),
  job: choice(...jobNames),
  key: text(/^[a-z]$/, 'a letter'),
  command: choice(...commands),
})

const plan = object<WorldPlan>({
  v: choice(1),
  seed: number({ min: 0, max: Number.MAX_SAFE_INTEGER, whole: true }),
  world: choice('single', 'tabs', 'server'),
  processes: number({ min: 1, max: 10, whole: true }),
  concurrency: number({ min: 1, max: 100, whole: true }),
  prefetch: number({ min: 0, max: 100, whole: true }),
  overflow: choice('reject', 'wait', 'shedOldest', 'shedLowest'),
  latencyMs: milliseconds,
  pollMs: milliseconds,
  behaviours: list(choice(...behaviours), { min: 0, max: behaviours.length }),
  steps: list(step, { min: 0, max: 10_000 }),
})

/**
 * A world from a file that `check --seed N` wrote.
 * @throws {MillraceError} BAD_ARGUMENT, with the path of the bad field.
 */
export function readPlan(value: unknown): WorldPlan {
  return plan.read(value, 'world')
}
