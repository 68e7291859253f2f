/** One queue's part in a worker's attention. */
export interface Share {
  readonly weight: number
  /** What the queue is owed, in turns times the sum of weights; kept from claim to claim. */
  credit: number
}

/**
 * Whose turn it is: the chairman assignment (Tijdeman, "The chairman assignment problem", 1980). Every turn each queue that has work
 * earns its weight, and the one that is served pays the sum. Among those that have earned enough, the one that would fall behind first
 * is served; so over any run in which the same n queues have work, none is ever further than 1 - 1/(2n-2) turns from its share, ahead
 * or behind. A queue without work takes no turns and saves no credit. Answers the index to serve, or -1 when none has work.
 */
export function nextShare(shares: readonly Share[], hasWork: (index: number) => boolean): number {
  const active: number[] = []
  let total = 0
  for (let index = 0; index < shares.length; index++) {
    const share = shares[index]!
    if (hasWork(index)) {
      active.push(index)
      total += share.weight
    } else share.credit = 0
  }
  for (const index of active) shares[index]!.credit += shares[index]!.weight
  const next = mostUrgent(shares, active, total)
  if (next >= 0) shares[next]!.credit -= total
  return next
}

function mostUrgent(shares: readonly Share[], active: readonly number[], total: number): number {
  if (active.length < 2) return active[0] ?? -1
  const behind = total * (1 - 1 / (2 * active.length - 2))
  const earned = active.filter((index) => shares[index]!.credit >= total - behind)
  // Rounding, or a queue that has just found work again, may leave nobody with enough: then whoever has most.
  if (earned.length === 0) return least(active, (index) => -shares[index]!.credit)
  return least(earned, (index) => (behind - shares[index]!.credit) / shares[index]!.weight)
}

function least(indices: readonly number[], value: (index: number) => number): number {
  return indices.reduce((best, index) => (value(index) < value(best) ? index : best))
}
