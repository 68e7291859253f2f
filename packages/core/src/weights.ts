/** One queue's part in a worker's attention. */
export interface Share {
  readonly weight: number
  /** What smooth weighted round robin owes this queue; kept from claim to claim. */
  credit: number
}

/**
 * Smooth weighted round robin (nginx): every turn each queue that has work earns its weight, the richest is served and pays the sum.
 * Over any run in which all have work, each is served within one turn of its weight's share; a queue without work takes no turns
 * and saves no credit. Answers the index to serve, or -1 when none has work.
 */
export function nextShare(shares: readonly Share[], hasWork: (index: number) => boolean): number {
  let total = 0
  let best = -1
  for (let index = 0; index < shares.length; index++) {
    const share = shares[index]!
    if (!hasWork(index)) {
      share.credit = 0
      continue
    }
    share.credit += share.weight
    total += share.weight
    if (best < 0 || share.credit > shares[best]!.credit) best = index
  }
  if (best >= 0) shares[best]!.credit -= total
  return best
}
