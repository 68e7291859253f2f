import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freshCheckers } from '../../packages/store-spec/src/model/checkers.ts'
import type { Command } from '../../packages/store-spec/src/model/command.ts'
import { settleDown } from '../../packages/store-spec/src/model/settle-down.ts'
import { runs } from '../depth.ts'
import { replay, replayLine } from '../replay.ts'
import { observe, perform, randomRun } from './deeds.ts'

it('nothing depends on whether anybody listens', () => {
  fc.assert(
    fc.property(randomRun, (run) => {
      const [heard, unheard] = [true, false].map((listening) => perform(run, () => undefined, listening))
      expect(unheard!.reference.all()).toEqual(heard!.reference.all())
    }),
    { numRuns: runs(100) },
  )
})

describe('whatever happens, even with a clock that is set back', () => {
  it('no rule is broken, and all comes to an end when the faults stop', { timeout: 1_800_000 }, async () => {
    const property = fc.asyncProperty(randomRun, async (run) => {
      const checkers = freshCheckers()
      const look: Parameters<typeof observe>[2] = (seen) => {
        for (const check of checkers) expect(check(seen)).toBeUndefined()
      }
      const world = perform(run, look)
      await settleDown(world, (command: Command) => Promise.resolve(observe(world, command, look)))
    })
    const { failed, seed, counterexample, counterexamplePath, errorInstance } = await fc.check(property, {
      numRuns: runs(1_000),
      ...(replay.seed !== undefined && { seed: replay.seed }),
      ...(replay.path !== undefined && { path: replay.path }),
    })
    if (failed)
      throw new Error(
        `${String(errorInstance)}\n${JSON.stringify(counterexample)}\nreplay: ${replayLine('core/rules')(seed, counterexamplePath ?? '')}`,
      )
  })
})
