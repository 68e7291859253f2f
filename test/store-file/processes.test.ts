import { expect, test } from 'vitest'
import { runs } from '../depth.ts'
import { kill } from '../crash/kill/command.ts'
import { owners } from '../crash/owners/command.ts'
import { power, whyNoPowerCuts } from '../crash/power/command.ts'

// Short forms of `npm run test:crash -- kill|owners|power`.
const timeout = 120_000

test('kill -9 at any time loses nothing that was acknowledged', { timeout }, async () => {
  expect(await kill({ rounds: runs(8), seed: 1 })).toBe(true)
})

test(
  'of eight that want a store one gets it, and a robbed owner acknowledges nothing',
  { timeout },
  async () => {
    expect(await owners({ rounds: runs(2), seed: 1 })).toBe(true)
  },
)

test.skipIf(whyNoPowerCuts() !== undefined)(
  'a power cut on a real file system loses nothing that was flushed',
  { timeout },
  async () => {
    expect(await power({ cuts: runs(3), seed: 1 })).toBe(true)
  },
)
