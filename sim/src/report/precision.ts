import type { Interval } from '../statistics/interval.ts'
import type { Estimates } from './estimated.ts'

/** The widest relative interval of the mean waits and sojourns: what a run that stops by precision looks at. */
export function widest({ classes }: Estimates): number {
  return Math.max(...classes.flatMap(({ wait, sojourn }) => [relative(wait.mean), relative(sojourn.mean)]))
}

/** Half-width over mean; 0 where there is nothing to estimate, as for the wait when nobody ever waits. */
export function relative({ mean, halfWidth }: Interval): number {
  return mean === 0 && halfWidth === 0 ? 0 : halfWidth / Math.abs(mean)
}
