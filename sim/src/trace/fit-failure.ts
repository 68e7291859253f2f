import type { Distribution, Failure } from '../scenario/scenario.ts'
import type { Kind } from './kinds.ts'

// Of fewer attempts a share says little.
const leastAttempts = 30
const mostAttempts = 20
/** Longer than any run: it stays. */
const forEver = 1e9

/** How often attempts fail: alike for all, unless the first ones differ from later ones by more than chance explains. */
export function fitFailure({ journeys }: Kind): Failure {
  const tried = Array.from({ length: mostAttempts }, () => 0)
  const failed = Array.from({ length: mostAttempts }, () => 0)
  for (const { attempts } of journeys)
    attempts.forEach(({ fate }, index) => {
      if (fate === 'goes on') return
      const place = Math.min(index, mostAttempts - 1)
      tried[place]!++
      if (fate !== 'completes') failed[place]!++
    })
  const p = sum(failed) / Math.max(1, sum(tried))
  const known = tried
    .map((count, index) => ({ count, share: failed[index]! / count }))
    .filter(({ count }) => count >= leastAttempts)
  const isAlike = known.every(
    ({ count, share }) => Math.abs(share - p) <= 3 * Math.sqrt((p * (1 - p)) / count),
  )
  return isAlike || known.length === 0 ? { p } : { byAttempt: known.map(({ share }) => share) }
}

/** How long jobs wait for their start before they leave: by their deadlines, or as they left. */
export function fitPatience({ journeys }: Kind): Distribution | 'unlimited' {
  const limits = journeys.map(({ dueAt, deadline, attempts, endedAt }) => {
    if (deadline !== undefined) return Math.max(0, deadline - dueAt) / 1_000
    return attempts.length === 0 && endedAt !== undefined ? (endedAt - dueAt) / 1_000 : forEver
  })
  const least = limits.reduce((a, b) => Math.min(a, b), forEver)
  if (least === forEver) return 'unlimited'
  const most = limits.reduce((a, b) => Math.max(a, b), 0)
  return most === least
    ? { dist: 'deterministic', value: least }
    : { dist: 'empirical', values: limits.slice(0, 100_000) }
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0)
}
