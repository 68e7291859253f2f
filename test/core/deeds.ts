import type { Moment } from '@millrace/core'
import { runCommand, sampleQueue, type Move } from '@millrace/store-spec'
import fc from 'fast-check'
import { queuePlans, stepOf } from '../../packages/store-spec/src/model/arbitrary.ts'
import { commandOf, type Command } from '../../packages/store-spec/src/model/command.ts'
import type { Observation } from '../../packages/store-spec/src/model/observation.ts'
import type { QueuePlans, Step } from '../../packages/store-spec/src/model/step.ts'
import { World } from '../../packages/store-spec/src/model/world.ts'

/** A run of random deeds for the core alone: no store, and a clock that is set back now and then. */
export interface Run {
  readonly plans: QueuePlans
  readonly steps: readonly Step[]
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 19, arbitrary: stepOf({ reopen: false, sharing: false }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick'), ms: fc.constantFrom(-1, -7, -5_000) }) },
)

export const randomRun: fc.Arbitrary<Run> = fc.record({
  plans: queuePlans,
  steps: fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }),
})

/** Performs a run; `look` sees every command and what it did. Answers the world at its end. */
export function perform(
  { plans: [a, b], steps }: Run,
  look: (seen: Observation) => void,
  listening = true,
): World {
  const world = new World()
  world.reference.listening = listening
  observe(world, { name: 'configure', request: { queues: { a: sampleQueue(a), b: sampleQueue(b) } } }, look)
  for (const one of steps) {
    if (one.kind === 'tick') world.pass(one.ms)
    if (one.kind === 'call') for (const deed of one.deeds) observe(world, commandOf(deed, world), look)
  }
  return world
}

export function observe(world: World, command: Command, look: (seen: Observation) => void): void {
  const at = world.at()
  const before = world.reference.copy()
  const reply = replyTo(world, command, at)
  if (command.name === 'claim' && reply !== undefined) world.remember((reply as { jobs: [] }).jobs)
  const { moves, events } = world.reference
  look({ ...command, reply, at, before, after: world.reference, moves, events } as Observation)
}

/** Undefined when the command was refused. */
function replyTo(world: World, { name, request }: Command, at: Moment): unknown {
  try {
    return runCommand(world.reference, name, request, at)
  } catch {
    return undefined
  }
}

export function nameOf({ before, after }: Move): string {
  return `${before?.state ?? 'new'} → ${after?.state ?? 'gone'}`
}
