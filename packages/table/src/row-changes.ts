import type { Chunk, LatePart } from './chunk.ts'
import { lateDoubles, lateShift, lateWords, place, rowDoubles, rowWords, wordShift } from './row-layout.ts'

/** The places, as bits, whose numbers differ between two rows, or from zero; seq and mark do not count. */
export function changedPlaces(
  chunk: Chunk,
  index: number,
  other: Chunk | undefined,
  otherIndex: number,
): number {
  let mask = 0
  const d = index * rowDoubles
  const otherD = otherIndex * rowDoubles
  for (let at: number = place.rank; at <= place.since; at++)
    if (chunk.doubles[d + at] !== (other === undefined ? 0 : other.doubles[otherD + at])) mask |= 1 << at
  const w = index * rowWords + wordShift
  const otherW = otherIndex * rowWords + wordShift
  for (let at: number = place.attempt; at <= place.standing; at++)
    if (chunk.words[w + at] !== (other === undefined ? 0 : other.words[otherW + at])) mask |= 1 << at
  if (chunk.hasLate || other?.hasLate === true)
    mask |= changedLate(chunk.late, index, other?.late, otherIndex)
  return mask & ~(1 << place.seq)
}

function changedLate(late: LatePart, index: number, other: LatePart | undefined, otherIndex: number): number {
  let mask = 0
  const otherLease = other === undefined ? 0 : other.doubles[otherIndex * lateDoubles]
  if (late.doubles[index * lateDoubles] !== otherLease) mask |= 1 << place.leaseUntil
  const l = index * lateWords + lateShift
  const otherL = otherIndex * lateWords + lateShift
  for (let at: number = place.owner; at <= place.generation; at++)
    if (late.words[l + at] !== (other === undefined ? 0 : other.words[otherL + at])) mask |= 1 << at
  return mask
}
