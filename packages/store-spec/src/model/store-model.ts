import type { Supports } from '@millrace/core'
import fc from 'fast-check'
import type { NewPlace } from '../place.ts'
import type { Runner } from '../runner.ts'
import { queuePlans, stepOf } from './arbitrary.ts'
import type { QueuePlans, Step } from './step.ts'
import { Trial } from './trial.ts'

export interface StoreModelOptions {
  /** How reports name the store. */
  readonly name: string
  readonly supports: Supports
  readonly place: NewPlace
  readonly test: Runner
  /** Random runs of up to `steps` steps each. */
  readonly runs: number
  readonly steps?: number
  /** The two numbers a failure names, to see it again. */
  readonly seed?: number | undefined
  readonly path?: string | undefined
  /** The one line that runs a failure again, from the two numbers it needs. */
  readonly replay: (seed: number, path: string) => string
  readonly timeoutMs?: number
}

/** Declares one test: random deeds of several workers, with time that jumps, must leave store and reference alike and every rule unbroken. */
export function storeModel(options: StoreModelOptions): void {
  const { name, test, timeoutMs = 120_000 } = options
  test.it(
    `${name} answers any deeds as the reference does, and no rule is broken`,
    () => checkModel(options),
    timeoutMs,
  )
}

async function checkModel(options: StoreModelOptions): Promise<void> {
  const { supports, place, runs, steps = 40, seed, path } = options
  const property = fc.asyncProperty(
    queuePlans,
    fc.array(stepOf(supports), { minLength: 1, maxLength: steps, size: 'max' }),
    async (plans, deeds) => new Trial(await place(), supports).run(plans, deeds),
  )
  const outcome = await fc.check(property, {
    numRuns: runs,
    ...(seed !== undefined && { seed }),
    ...(path !== undefined && { path }),
  })
  if (!outcome.failed) return
  const [plans, deeds] = outcome.counterexample ?? [[{}, {}], []]
  const error = outcome.errorInstance
  throw new Error(
    `${error instanceof Error ? error.message : 'too many runs were skipped'}\n${tell(plans, deeds)}\nreplay: ${options.replay(outcome.seed, outcome.counterexamplePath ?? '')}`,
    { cause: error },
  )
}

function tell(plans: QueuePlans, deeds: readonly Step[]): string {
  const lines = deeds.map((deed, index) => `${index + 1}. ${JSON.stringify(deed)}`)
  return [`queues: ${JSON.stringify(plans)}`, ...lines].join('\n')
}
