import type { Millis } from './job.ts'

/** When more workers are wanted, and when fewer will do. */
export interface ScalePolicy {
  readonly min: number
  readonly max: number
  /** More are wanted above this many claimable jobs ... */
  readonly depth: number
  /** ... or when the oldest has waited this long. */
  readonly lagMs: Millis
  /** Fewer will do when depth and lag are below this share of those, and less than this share of the workers is busy: the gap is the hysteresis. */
  readonly relief: number
  /** Between two changes at least this long. */
  readonly cooldownMs: Millis
}

export const defaultScalePolicy: ScalePolicy = {
  min: 1,
  max: 64,
  depth: 1_000,
  lagMs: 30_000,
  relief: 0.5,
  cooldownMs: 60_000,
}

export interface Load {
  readonly depth: number
  readonly lagMs: Millis
  readonly busy: number
}

export interface Scale {
  readonly size: number
  readonly changedAt: Millis
  readonly because: 'depth' | 'lag' | 'idle' | 'steady' | 'cooldown'
}

/**
 * How many workers there should be now. Up in proportion to the excess but at most twofold at a time, so that one burst does not
 * order the maximum; down by a quarter, since too many cost less than too few.
 */
export function autoscale(scale: Scale, load: Load, policy: ScalePolicy, now: Millis): Scale {
  const { min, max, cooldownMs } = policy
  const bounded = (size: number): number => Math.min(max, Math.max(min, size))
  const excess = Math.max(load.depth / policy.depth, load.lagMs / policy.lagMs)
  const because =
    excess > 1
      ? load.depth / policy.depth >= excess
        ? 'depth'
        : 'lag'
      : isIdle(scale, load, excess, policy)
        ? 'idle'
        : 'steady'
  const wanted =
    because === 'steady'
      ? scale.size
      : because === 'idle'
        ? Math.floor(scale.size * 0.75)
        : Math.ceil(scale.size * Math.min(2, excess))
  const size = bounded(wanted)
  if (size === scale.size) return { ...scale, because }
  // A size out of bounds is mended at once: the policy was changed.
  if (bounded(scale.size) === scale.size && now - scale.changedAt < cooldownMs)
    return { ...scale, because: 'cooldown' }
  return { size, changedAt: now, because }
}

function isIdle(scale: Scale, load: Load, excess: number, { relief }: ScalePolicy): boolean {
  return excess < relief && load.busy < scale.size * relief
}
