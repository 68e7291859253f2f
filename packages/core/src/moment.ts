import type { Millis } from './job.ts'

/** All that a command may know of time and chance. */
export interface Moment {
  readonly now: Millis
  /** Any 32-bit number; the draws below are pure functions of it. */
  readonly seed: number
}

/** A number in [0, 1), always the same for the same moment, entity and draw: one more draw elsewhere never shifts it. */
export function draw(at: Moment, entity: number, index: number): number {
  // murmur3's finaliser over the three inputs: well mixed, integers only, alike in every engine.
  let h = at.seed | 0
  h = mix(h ^ Math.imul(entity | 0, 0x9e3779b1))
  h = mix(h ^ Math.imul(Math.floor(entity / 4294967296) | 0, 0x85ebca6b))
  h = mix(h ^ Math.imul(index | 0, 0xc2b2ae35))
  return (h >>> 0) / 4294967296
}

function mix(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
