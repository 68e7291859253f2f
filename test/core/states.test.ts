import { isTerminal, legalMoves, states, type State } from '@millrace/core'
import { runCommand, sampleQueue } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { queuePlans, stepOf } from '../../packages/store-spec/src/model/arbitrary.ts'
import { commandOf } from '../../packages/store-spec/src/model/command.ts'
import type { QueuePlans, Step } from '../../packages/store-spec/src/model/step.ts'
import { World } from '../../packages/store-spec/src/model/world.ts'

/** Every move that a run makes, as `from → to`. */
function movesOf(plans: QueuePlans, steps: readonly Step[]): readonly string[] {
  const world = new World()
  const [a, b] = plans
  runCommand(world.reference, 'configure', { queues: { a: sampleQueue(a), b: sampleQueue(b) } }, world.at())
  const moves: string[] = []
  for (const step of steps) {
    if (step.kind === 'tick') world.pass(step.ms)
    if (step.kind !== 'call') continue
    for (const deed of step.deeds) {
      const command = commandOf(deed, world)
      try {
        const reply = runCommand(world.reference, command.name, command.request, world.at())
        if (command.name === 'claim' && 'jobs' in reply) world.remember(reply.jobs)
      } catch {
        // A refused batch moves nothing.
      }
      for (const { before, after } of world.reference.moves)
        moves.push(`${before?.state ?? 'new'} → ${after?.state ?? 'gone'}`)
    }
  }
  return moves
}

describe('the table of legal moves', () => {
  const legal = Object.entries(legalMoves).flatMap(([from, list]) => list.map((to) => `${from} → ${to}`))

  it('is exactly what random deeds bring about', { timeout: 60_000 }, () => {
    const run = fc.tuple(
      queuePlans,
      fc.array(stepOf({ reopen: false, sharing: false }), { minLength: 40, maxLength: 60, size: 'max' }),
    )
    const seen = new Set(
      fc.sample(run, { seed: 42, numRuns: 1_500 }).flatMap(([plans, steps]) => movesOf(plans, steps)),
    )
    expect([...seen].sort()).toEqual(legal.sort())
  })

  it('names every state, and lets those that have ended only stay, go, or be redriven', () => {
    expect(Object.keys(legalMoves).sort()).toEqual([...states, 'new'].sort())
    const ended = states.filter((state) => isTerminal(state))
    expect(ended).toEqual(['completed', 'dead', 'cancelled', 'expired'])
    for (const state of ended) {
      const onward = legalMoves[state].filter((to) => to !== state && to !== 'gone')
      expect(onward.filter((to) => isTerminal(to as State))).toEqual([])
      if (state !== 'dead') expect(onward).toEqual([])
    }
  })
})
