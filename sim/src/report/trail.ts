import { checkpointEvery } from '../kernel/rolling-hash.ts'
import type { Outcome } from './outcome.ts'

/** One run's fingerprint, and what it was at even distances on the way. */
export interface Trail {
  readonly seed: number
  readonly hash: string
  /** Events from one checkpoint to the next. */
  readonly every: number
  readonly checkpoints: readonly string[]
}

const usualCheckpoints = 32

/** The trail of a run, with so many checkpoints at most. */
export function trailOf({ seed, hash, checkpoints }: Outcome, most = usualCheckpoints): Trail {
  let stride = 1
  while (checkpoints.length / stride > most) stride *= 2
  const kept = checkpoints.filter((_, index) => (index + 1) % stride === 0)
  return { seed, hash, every: stride * checkpointEvery, checkpoints: kept }
}

/** So many events, by the trail's checkpoints, are the same in another run. */
export function eventsInCommon({ every, checkpoints }: Trail, other: Outcome): number {
  const stride = every / checkpointEvery
  const differs = checkpoints.findIndex(
    (digest, index) => digest !== other.checkpoints[(index + 1) * stride - 1],
  )
  return (differs < 0 ? checkpoints.length : differs) * every
}
