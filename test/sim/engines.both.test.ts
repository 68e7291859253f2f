import { expect, test } from 'vitest'
import { golden } from './golden-fingerprints.ts'
import { fingerprints } from './preset-runs.ts'

test(
  'every preset runs here as it does in every other engine, to the last event',
  { timeout: 120_000 },
  () => {
    expect(fingerprints()).toEqual(golden)
  },
)
