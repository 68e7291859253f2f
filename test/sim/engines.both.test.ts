import { expect, test } from 'vitest'
import { golden } from './golden-fingerprints.ts'
import { fingerprints, forkedFingerprints } from './preset-runs.ts'

test(
  'every preset runs here as it does in every other engine, to the last event',
  { timeout: 120_000 },
  () => {
    expect(fingerprints()).toEqual(golden)
  },
)

test(
  'a fork into the same settings is the same run, for every preset, in every engine',
  { timeout: 120_000 },
  () => {
    expect(forkedFingerprints()).toEqual(golden)
  },
)
