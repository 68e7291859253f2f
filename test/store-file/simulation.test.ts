import { expect, test } from 'vitest'
import { deep, runs } from '../depth.ts'
import { damageAll } from '../crash/sim/damage.ts'
import { failEverything } from '../crash/sim/faults.ts'
import { cutPower } from '../crash/sim/power-cuts.ts'

// A short form of `npm run test:crash -- sim`; what fails there prints a line to replay it.
test('no power cut loses, invents or brings back a change', { timeout: 60_000 }, async () => {
  const cuts = { images: 0, reopened: 0 }
  for (let seed = 1; seed <= runs(12); seed++) await cutPower(seed, cuts)
  expect(cuts.images).toBeGreaterThan(10_000)
})

test('every cut and every flipped bit of a store is told apart', { timeout: 120_000 }, async () => {
  const damages = { truncations: 0, flips: 0, torn: 0, damaged: 0, harmless: 0 }
  for (let seed = 2; seed <= 1 + runs(1, 20); seed++) await damageAll(seed, damages)
  expect(damages.torn).toBeGreaterThan(0)
  expect(damages.damaged).toBeGreaterThan(0)
})

test('whatever call fails, promises are kept and refusals hold', { timeout: 60_000 }, async () => {
  const faults = { runs: 0, cuts: 0, refused: 0, unknown: 0 }
  await failEverything(faults, deep ? 1 : 5)
  expect(faults.refused).toBeGreaterThan(0)
  expect(faults.unknown).toBeGreaterThan(0)
})
