import { sampleBytes } from './sample-bytes.ts'

/** Chance that is the same for the same seed: each call a whole number below the given one. */
export function draws(seed: number): (below: number) => number {
  const bytes = new Uint32Array(sampleBytes(seed, 40_000).buffer)
  let index = 0
  return (below) => (bytes[index++ % bytes.length]! >>> 8) % below
}
