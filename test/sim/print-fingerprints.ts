import { fingerprints, worldFingerprint } from './preset-runs.ts'

console.log(JSON.stringify({ ...fingerprints(), world: await worldFingerprint() }))
